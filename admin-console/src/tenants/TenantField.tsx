import { may } from '../auth/access.ts';
import { useUser } from '../auth/useSession.ts';
import { SelectField } from '../ui/fields.tsx';
import { useTenants } from './useTenants.ts';

/** The tenant that something new belongs to; a field only for who may see several. */
export function TenantField({ value, onChange, hint = '' }: { value: string; onChange: (tenant: string) => void; hint?: string }) {
  const user = useUser();
  const tenants = useTenants().data ?? [];
  if (!may(user, 'list-tenants')) return null;
  const ids = tenants.filter((tenant) => tenant.status !== 'deleted').map((tenant) => tenant.id);
  const options = value === '' || ids.includes(value) ? ids : [value, ...ids];
  return <SelectField name="tenant" isRequired value={value} onChange={onChange} hint={hint} options={options.map((id) => [id, id])} />;
}
