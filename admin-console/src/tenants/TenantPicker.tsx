import { FormSelect, FormSelectOption } from '@patternfly/react-core';
import { useTenants } from './useTenants.ts';

interface TenantPickerProps {
  readonly value: string;
  readonly onChange: (tenant: string) => void;
  /** What the empty choice is called; without one a tenant must be chosen. */
  readonly all?: string;
}

/** Whose matters a page shows, for who may see several tenants'. */
export function TenantPicker({ value, onChange, all = '' }: TenantPickerProps) {
  const ids = (useTenants().data ?? []).map((tenant) => tenant.id);
  const options = value === '' || ids.includes(value) ? ids : [value, ...ids];
  return (
    <FormSelect aria-label="Tenant" className="alti-picker" value={value} onChange={(_, tenant) => onChange(tenant)}>
      {all !== '' && <FormSelectOption value="" label={all} />}
      {options.map((id) => <FormSelectOption key={id} value={id} label={id} />)}
    </FormSelect>
  );
}
