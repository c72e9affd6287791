import { useState } from 'react';
import { useUser } from '../auth/useSession.ts';
import { gateway } from '../composition.ts';
import { TenantField } from '../tenants/TenantField.tsx';
import { useModelNames } from '../tenants/useTenants.ts';
import { ChecksField, ModelsField, SelectField, TextField, WordsField } from '../ui/fields.tsx';
import { FormDialog } from '../ui/FormDialog.tsx';
import { useSending, wrong } from '../ui/sending.ts';
import { createKey, type CreatedKey } from './keys.ts';

const labels = {
  name: 'Name', tenant: 'Tenant', scopes: 'Good for', models: 'Names of models', addresses: 'Addresses', lives: 'Lives', expiresAt: 'Last day',
};
const scopes = [
  { word: 'inference', label: 'Inference', purpose: 'Use models, and see how much of them was used.' },
  { word: 'models', label: 'Models', purpose: 'Only see which models there are, as a monitor does.' },
];
const lives = [['30', '30 days'], ['90', '90 days'], ['365', 'One year'], ['day', 'Until a day'], ['', 'Until it is revoked']] as const;
const dayMillis = 86_400_000;

export function NewKeyDialog({ onCreated, onClose }: { onCreated: (created: CreatedKey) => void; onClose: () => void }) {
  const user = useUser();
  const [name, setName] = useState('');
  const [tenant, setTenant] = useState(user.tenant);
  const [chosen, setChosen] = useState<readonly string[]>(['inference']);
  const [models, setModels] = useState<readonly string[]>();
  const [addresses, setAddresses] = useState<readonly string[]>([]);
  const [life, setLife] = useState('90');
  const [lastDay, setLastDay] = useState('');
  const suggestions = useModelNames();
  const sending = useSending();

  function expiry(): Date | undefined {
    if (life === '') return undefined;
    if (life !== 'day') return new Date(Date.now() + Number(life) * dayMillis);
    const end = new Date(`${lastDay}T23:59:59`);
    if (Number.isNaN(end.getTime())) throw wrong('expiresAt', 'Give the last day on which it is accepted.');
    return end;
  }

  return (
    <FormDialog
      title="Create an API key" submit="Create" labels={labels} sending={sending} onClose={onClose}
      onSubmit={() => void sending.send(async () => {
        if (name.trim() === '') throw wrong('name', 'Give it a name by which it is known later.');
        if (chosen.length === 0) throw wrong('scopes', 'Choose at least one.');
        if (models?.length === 0) throw wrong('models', 'Name at least one model, or choose every model.');
        onCreated(await createKey(gateway, { name: name.trim(), tenant, scopes: chosen, models, addresses, expiresAt: expiry() }));
      })}
    >
      <TextField name="name" value={name} onChange={setName} isRequired hint="What it is used for, such as “search service, production”." />
      <TenantField value={tenant} onChange={setTenant} />
      <ChecksField name="scopes" isRequired chosen={chosen} options={scopes} onChange={setChosen} />
      <ModelsField models={models} suggestions={suggestions} onChange={setModels} />
      <WordsField
        name="addresses" words={addresses} onChange={setAddresses} placeholder="10.0.0.0/8"
        hint="IP addresses and CIDR ranges that it may be used from; from anywhere if there is none."
      />
      <SelectField name="lives" value={life} onChange={setLife} options={lives} />
      {life === 'day' && <TextField name="expiresAt" type="date" value={lastDay} onChange={setLastDay} hint="At most 366 days from now." />}
    </FormDialog>
  );
}
