import { useState } from 'react';
import { roles as everyRole } from '../auth/roles.ts';
import { useUser } from '../auth/useSession.ts';
import { gateway } from '../composition.ts';
import { TenantField } from '../tenants/TenantField.tsx';
import { ChecksField, TextField } from '../ui/fields.tsx';
import { FormDialog } from '../ui/FormDialog.tsx';
import { useSending, wrong } from '../ui/sending.ts';
import { addMember, changeMember, type Member } from './members.ts';
import { PasswordField } from './PasswordField.tsx';

const labels = { username: 'User name', tenant: 'Tenant', roles: 'Roles', password: 'Password' };

interface DialogProps {
  readonly onSaved: (username: string) => void;
  readonly onClose: () => void;
}

export function NewMemberDialog({ onSaved, onClose }: DialogProps) {
  const user = useUser();
  const [username, setUsername] = useState('');
  const [tenant, setTenant] = useState(user.tenant);
  const [roles, setRoles] = useState<readonly string[]>(['developer']);
  const [password, setPassword] = useState('');
  const sending = useSending();
  return (
    <FormDialog
      title="Add a member" submit="Add" labels={labels} sending={sending} onClose={onClose}
      onSubmit={() => void sending.send(async () => {
        if (username.trim() === '') throw wrong('username', 'Give a user name.');
        requireRole(roles);
        if (password === '') throw wrong('password', 'Give a password, or generate one.');
        await addMember(gateway, { username: username.trim(), tenant, roles, password });
        onSaved(username.trim());
      })}
    >
      <TextField name="username" value={username} onChange={setUsername} isRequired hint="Letters, digits and . _ @ -" />
      <TenantField value={tenant} onChange={setTenant} />
      <RolesField roles={roles} onChange={setRoles} />
      <PasswordField value={password} onChange={setPassword} hint="At least 12 characters. Hand it over in a safe way; it is shown nowhere later." />
    </FormDialog>
  );
}

export function RolesDialog({ member, onSaved, onClose }: DialogProps & { readonly member: Member }) {
  const [roles, setRoles] = useState(member.roles);
  const sending = useSending();
  return (
    <FormDialog
      title={`Roles of ${member.username}`} submit="Save" labels={labels} sending={sending} onClose={onClose}
      onSubmit={() => void sending.send(async () => {
        requireRole(roles);
        await changeMember(gateway, member.username, { roles });
        onSaved(member.username);
      })}
    >
      <RolesField roles={roles} onChange={setRoles} />
    </FormDialog>
  );
}

export function PasswordDialog({ member, onSaved, onClose }: DialogProps & { readonly member: Member }) {
  const [password, setPassword] = useState('');
  const sending = useSending();
  return (
    <FormDialog
      title={`New password for ${member.username}`} submit="Set password" labels={labels} sending={sending} onClose={onClose}
      onSubmit={() => void sending.send(async () => {
        if (password === '') throw wrong('password', 'Give a password, or generate one.');
        await changeMember(gateway, member.username, { password });
        onSaved(member.username);
      })}
    >
      <PasswordField value={password} onChange={setPassword} hint={`At least 12 characters. It ends all sessions of ${member.username}.`} />
    </FormDialog>
  );
}

function requireRole(roles: readonly string[]) {
  if (roles.length === 0) throw wrong('roles', 'Choose at least one.');
}

/** Only a platform administrator is offered to make another; the gateway would refuse it to others. */
function RolesField({ roles, onChange }: { roles: readonly string[]; onChange: (roles: readonly string[]) => void }) {
  const user = useUser();
  const offered = everyRole.filter((role) => role.word !== 'platform-admin' || user.roles.includes('platform-admin'));
  return <ChecksField name="roles" isRequired chosen={roles} options={offered} onChange={onChange} />;
}
