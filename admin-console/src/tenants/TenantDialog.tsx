import { useState } from 'react';
import { gateway } from '../composition.ts';
import { ModelsField, TextField } from '../ui/fields.tsx';
import { FormDialog } from '../ui/FormDialog.tsx';
import { useEdit } from '../ui/Newer.tsx';
import { useSending, wrong } from '../ui/sending.ts';
import { changeTenant, createTenant, fetchTenant, modelsInWords, type Tenant, type TenantWish } from './tenants.ts';
import { useModelNames } from './useTenants.ts';

const labels = { id: 'Id', name: 'Name', weight: 'Weight', models: 'Names of models' };

interface TenantDialogProps {
  readonly onSaved: (id: string) => void;
  readonly onClose: () => void;
}

export function NewTenantDialog({ onSaved, onClose }: TenantDialogProps) {
  const [id, setId] = useState('');
  const wish = useTenantWish({ name: '', weight: 1, models: undefined });
  const sending = useSending();
  return (
    <FormDialog
      title="Create a tenant" submit="Create" labels={labels} sending={sending} onClose={onClose}
      onSubmit={() => void sending.send(async () => {
        if (id.trim() === '') throw wrong('id', 'Give it an id.');
        await createTenant(gateway, id.trim(), wish.read('active'));
        onSaved(id.trim());
      })}
    >
      <TextField name="id" value={id} onChange={setId} isRequired hint="Lower-case letters, digits and hyphens. It cannot be changed later." />
      {wish.fields}
    </FormDialog>
  );
}

export function EditTenantDialog({ tenant, onSaved, onClose }: TenantDialogProps & { readonly tenant: Tenant }) {
  const wish = useTenantWish(tenant);
  const sending = useSending();
  const edit = useEdit(tenant, () => fetchTenant(gateway, tenant.id), facts);
  return (
    <FormDialog
      title={`Edit ${tenant.id}`} submit={edit.isStale ? 'Save over theirs' : 'Save'} labels={labels} sending={sending} onClose={onClose}
      notice={edit.notice}
      onSubmit={() => void sending.send(async () => {
        await edit.save((base) => changeTenant(gateway, base, wish.read(base.status === 'suspended' ? 'suspended' : 'active')));
        onSaved(tenant.id);
      })}
    >
      {wish.fields}
    </FormDialog>
  );
}

function facts(tenant: Tenant): readonly (readonly [string, string])[] {
  return [['Name', tenant.name], ['State', tenant.status], ['Weight', String(tenant.weight)], ['Models', modelsInWords(tenant.models)]];
}

/** Owns what is typed of a tenant. */
function useTenantWish(known: Pick<Tenant, 'name' | 'weight' | 'models'>) {
  const [name, setName] = useState(known.name);
  const [weight, setWeight] = useState(String(known.weight));
  const [models, setModels] = useState(known.models);
  const suggestions = useModelNames();
  return {
    read: (status: TenantWish['status']): TenantWish => {
      const number = Number(weight.trim());
      if (weight.trim() === '' || !Number.isFinite(number)) throw wrong('weight', 'Give a number, such as 1 or 0.5.');
      return { name: name.trim(), status, weight: number, models };
    },
    fields: (
      <>
        <TextField name="name" value={name} onChange={setName} hint="For people; the id if it is left empty." />
        <TextField
          name="weight" value={weight} onChange={setWeight} inputMode="decimal"
          hint="Its share of busy workers: a tenant of weight 2 gets twice as much as one of weight 1."
        />
        <ModelsField models={models} suggestions={suggestions} onChange={setModels} />
      </>
    ),
  };
}
