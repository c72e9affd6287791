import { useState } from 'react';
import { gateway } from '../composition.ts';
import { keyState, nameOf } from '../keys/keys.ts';
import { useKeys } from '../keys/useKeys.ts';
import { useMembers } from '../members/useMembers.ts';
import { TenantField } from '../tenants/TenantField.tsx';
import { SelectField, TextField } from '../ui/fields.tsx';
import { FormDialog } from '../ui/FormDialog.tsx';
import { useEdit } from '../ui/Newer.tsx';
import { useSending, wrong } from '../ui/sending.ts';
import { limitKinds, type Limits } from './limits.ts';
import { changePolicy, createPolicy, fetchPolicy, limitFacts, type Policy, type PolicyScope } from './policies.ts';

const labels: Readonly<Record<string, string>> = {
  tenant: 'Tenant', scope: 'It binds', subject: 'Which one', ...Object.fromEntries(limitKinds.map((kind) => [kind.name, kind.label])),
};
const scopes = [['tenant', 'the whole tenant together'], ['owner', 'one member, with all its keys'], ['key', 'one API key']] as const;

interface DialogProps {
  readonly onSaved: () => void;
  readonly onClose: () => void;
}

export function NewPolicyDialog({ tenant: first, onSaved, onClose }: DialogProps & { readonly tenant: string }) {
  const [tenant, setTenant] = useState(first);
  const [scope, setScope] = useState<PolicyScope>('tenant');
  const [subject, setSubject] = useState('');
  const typed = useTypedLimits({});
  const sending = useSending();
  return (
    <FormDialog
      title="Create a usage policy" submit="Create" labels={labels} sending={sending} onClose={onClose}
      onSubmit={() => void sending.send(async () => {
        if (scope !== 'tenant' && subject.trim() === '') throw wrong('subject', 'Say which one it binds.');
        await createPolicy(gateway, { tenant, scope, subject: subject.trim(), limits: typed.read() });
        onSaved();
      })}
    >
      <TenantField value={tenant} onChange={setTenant} />
      <SelectField
        name="scope" value={scope} options={scopes} hint="All policies that bind a caller hold together."
        onChange={(value) => {
          setScope(value as PolicyScope);
          setSubject('');
        }}
      />
      {scope === 'owner' && <OwnerField tenant={tenant} value={subject} onChange={setSubject} />}
      {scope === 'key' && <KeyField tenant={tenant} value={subject} onChange={setSubject} />}
      {typed.fields}
    </FormDialog>
  );
}

export function EditPolicyDialog({ policy, title, onSaved, onClose }: DialogProps & { readonly policy: Policy; readonly title: string }) {
  const typed = useTypedLimits(policy.limits);
  const sending = useSending();
  const edit = useEdit(policy, () => fetchPolicy(gateway, policy.id), limitFacts);
  return (
    <FormDialog
      title={`Limits: ${title}`} submit={edit.isStale ? 'Save over theirs' : 'Save'} labels={labels} sending={sending} onClose={onClose}
      notice={edit.notice}
      onSubmit={() => void sending.send(async () => {
        const limits = typed.read();
        await edit.save((base) => changePolicy(gateway, base, limits));
        onSaved();
      })}
    >
      {typed.fields}
    </FormDialog>
  );
}

/** Owns what is typed of the limits: text, so that nothing is lost that is no number. */
function useTypedLimits(known: Limits) {
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>(
    () => Object.fromEntries(Object.entries(known).map(([name, limit]) => [name, String(limit)])));
  return {
    read: (): Limits => {
      const limits: Record<string, number> = {};
      for (const { name } of limitKinds) {
        const typed = (texts[name] ?? '').replaceAll(/[\s,]/g, '');
        if (typed === '') continue;
        if (!/^\d+(\.\d+)?$/.test(typed)) throw wrong(name, 'Give a number, or leave it empty for no limit.');
        limits[name] = Number(typed);
      }
      return limits;
    },
    fields: (
      <div className="alti-fields">
        {limitKinds.map((kind) => (
          <TextField
            key={kind.name} name={kind.name} value={texts[kind.name] ?? ''} placeholder="No limit" hint={kind.hint}
            inputMode={kind.unit === 'money' ? 'decimal' : 'numeric'} onChange={(value) => setTexts({ ...texts, [kind.name]: value })}
          />
        ))}
      </div>
    ),
  };
}

interface SubjectFieldProps {
  readonly tenant: string;
  readonly value: string;
  readonly onChange: (subject: string) => void;
}

/** Members, and whoever else has a key: one may have been a member before. */
function OwnerField({ tenant, value, onChange }: SubjectFieldProps) {
  const members = (useMembers().data ?? []).filter((member) => member.tenant === tenant);
  const owners = new Map(members.map((member) => [member.owner, member.username]));
  for (const { owner } of (useKeys().data ?? []).filter((key) => key.tenant === tenant && key.owner !== '')) {
    if (!owners.has(owner)) owners.set(owner, owner);
  }
  const options = [['', owners.size === 0 ? 'This tenant has no member' : 'Choose a member'] as const, ...owners];
  return <SelectField name="subject" value={value} onChange={onChange} isRequired options={options} />;
}

function KeyField({ tenant, value, onChange }: SubjectFieldProps) {
  const now = new Date();
  const keys = (useKeys().data ?? []).filter((key) => key.tenant === tenant && keyState(key, now) === 'active');
  const options = [['', keys.length === 0 ? 'This tenant has no key' : 'Choose a key'] as const, ...keys.map((key) => [key.id, `${nameOf(key)} (…${key.last4})`] as const)];
  return <SelectField name="subject" value={value} onChange={onChange} isRequired options={options} />;
}
