import { Label, type LabelProps } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { may } from '../auth/access.ts';
import { useUser } from '../auth/useSession.ts';
import { day, nothing, plural } from '../ui/format.ts';
import { usePaging } from '../ui/paging.tsx';
import { RowActions, type RowAction } from '../ui/RowActions.tsx';
import type { Tenant, TenantStatus } from './tenants.ts';

export interface TenantActions {
  readonly edit: (tenant: Tenant) => void;
  readonly suspend: (tenant: Tenant) => void;
  readonly serve: (tenant: Tenant) => void;
  readonly remove: (tenant: Tenant) => void;
  readonly open: (page: string, tenant: Tenant) => void;
}

const looks: Record<TenantStatus, { text: string; label: LabelProps }> = {
  active: { text: 'Active', label: { status: 'success' } },
  suspended: { text: 'Suspended', label: { status: 'warning' } },
  deleted: { text: 'Deleted', label: { status: 'danger' } },
};

export function TenantsTable({ tenants, actions }: { tenants: readonly Tenant[]; actions: TenantActions }) {
  const { shown, turner } = usePaging(tenants, 'tenants');
  const user = useUser();

  function possible(tenant: Tenant): readonly RowAction[] {
    const found: RowAction[] = [];
    if (may(user, 'change-tenant')) {
      if (tenant.status !== 'deleted') found.push({ text: 'Edit', act: () => actions.edit(tenant) });
      if (tenant.status === 'active') found.push({ text: 'Suspend', act: () => actions.suspend(tenant) });
      if (tenant.status === 'suspended') found.push({ text: 'Serve again', act: () => actions.serve(tenant) });
      if (tenant.status === 'deleted') found.push({ text: 'Take back', act: () => actions.serve(tenant) });
    }
    if (may(user, 'see-quotas')) found.push({ text: 'Usage policies', act: () => actions.open('/usage-policies', tenant) });
    if (may(user, 'see-usage')) found.push({ text: 'Usage', act: () => actions.open('/usage', tenant) });
    if (may(user, 'see-audit')) found.push({ text: 'Audit log', act: () => actions.open('/audit', tenant) });
    if (may(user, 'delete-tenant') && tenant.status !== 'deleted') found.push({ text: 'Delete', act: () => actions.remove(tenant), isDanger: true });
    return found;
  }

  return (
    <>
      <Table aria-label="Tenants" variant="compact" gridBreakPoint="grid-md">
        <Thead>
          <Tr>
            <Th>Tenant</Th>
            <Th>State</Th>
            <Th className="alti-number">Weight</Th>
            <Th>Models</Th>
            <Th modifier="nowrap">Created</Th>
            <Th screenReaderText="Actions" />
          </Tr>
        </Thead>
        <Tbody>
          {shown.map((tenant) => (
            <Tr key={tenant.id}>
              <Td dataLabel="Tenant">
                <span className="alti-strong">{tenant.id}</span>
                {tenant.name !== tenant.id && <div className="alti-note">{tenant.name}</div>}
              </Td>
              <Td dataLabel="State">
                <Label isCompact {...looks[tenant.status].label}>{looks[tenant.status].text}</Label>
                {tenant.deleteAfter !== undefined && <div className="alti-note">for good after {day(tenant.deleteAfter)}</div>}
              </Td>
              <Td dataLabel="Weight" className="alti-number">{tenant.weight}</Td>
              <Td dataLabel="Models">{tenant.models === undefined ? 'Every model' : <span title={tenant.models.join(', ')}>{tenant.models.length === 0 ? 'No model' : plural(tenant.models.length, 'model')}</span>}</Td>
              <Td dataLabel="Created" modifier="nowrap">{tenant.createdAt === undefined ? nothing : day(tenant.createdAt)}</Td>
              <Td dataLabel="Actions" className="alti-action"><RowActions of={tenant.id} actions={possible(tenant)} /></Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
      {turner}
    </>
  );
}
