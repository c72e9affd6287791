import { Button, EmptyState, EmptyStateBody, PageSection, Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core';
import SpeedometerIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-speedometer-icon';
import { useQuery } from '@tanstack/react-query';
import { may } from '../auth/access.ts';
import { useUser } from '../auth/useSession.ts';
import { gateway } from '../composition.ts';
import { nameOf } from '../keys/keys.ts';
import { useKeys } from '../keys/useKeys.ts';
import { useOwnerNames } from '../members/useMembers.ts';
import { TenantPicker } from '../tenants/TenantPicker.tsx';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { Loaded } from '../ui/Loaded.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { usePaging } from '../ui/paging.tsx';
import type { RowAction } from '../ui/RowActions.tsx';
import { useAddressValue } from '../ui/useAddressValue.ts';
import { useDialogs } from '../ui/useDialogs.ts';
import { deletePolicy, fetchQuotas, type Policy, type Quota } from './policies.ts';
import { EditPolicyDialog, NewPolicyDialog } from './PolicyDialog.tsx';
import { QuotaCard } from './QuotaCard.tsx';
import { bound } from './words.ts';

type Asked = { readonly kind: 'create' } | { readonly kind: 'edit' | 'delete'; readonly policy: Policy };

export default function PoliciesPage() {
  const user = useUser();
  const [tenant, setTenant] = useAddressValue('tenant', user.tenant);
  const quotas = useQuery({ queryKey: ['quotas', tenant], queryFn: ({ signal }) => fetchQuotas(gateway, tenant, signal), refetchInterval: 2000 });
  // An owner's name is no key's id.
  const names = new Map([...useOwnerNames(), ...(useKeys().data ?? []).map((key) => [key.id, nameOf(key)] as const)]);
  const { asked, ask, close, done, notices } = useDialogs<Asked>('quotas');

  function possible(policy: Policy): readonly RowAction[] {
    const found: RowAction[] = [];
    if (policy.keeper === 'platform' && !may(user, 'list-tenants')) return found;
    if (may(user, 'change-policy')) found.push({ text: 'Change limits', act: () => ask({ kind: 'edit', policy }) });
    if (may(user, 'delete-policy')) found.push({ text: 'Delete', act: () => ask({ kind: 'delete', policy }), isDanger: true });
    return found;
  }

  return (
    <>
      <PageHeader title="Usage policies" purpose="Limits and budgets of a tenant, its members and its keys, and what is left of them now.">
        {may(user, 'create-policy') && <Button size="sm" onClick={() => ask({ kind: 'create' })}>Create policy</Button>}
      </PageHeader>
      <PageSection isFilled>
        {may(user, 'list-tenants') && (
          <Toolbar><ToolbarContent><ToolbarItem><TenantPicker value={tenant} onChange={setTenant} /></ToolbarItem></ToolbarContent></Toolbar>
        )}
        <Loaded query={quotas} what="The policies">
          {(all) => all.length === 0 ? (
            <EmptyState titleText={`Nothing limits ${tenant}`} headingLevel="h2" icon={SpeedometerIcon} variant="sm">
              <EmptyStateBody>
                {may(user, 'create-policy') ? 'Create a policy to limit how much it, one of its members or one of its keys may use.' : 'No policy binds it, its members or its keys.'}
              </EmptyStateBody>
            </EmptyState>
          ) : <Quotas quotas={all} names={names} possible={possible} />}
        </Loaded>
      </PageSection>
      {asked?.kind === 'create' && <NewPolicyDialog tenant={tenant} onSaved={() => done('The policy holds')} onClose={close} />}
      {asked?.kind === 'edit' && (
        <EditPolicyDialog policy={asked.policy} title={bound(asked.policy, names)} onSaved={() => done('The new limits hold')} onClose={close} />
      )}
      {asked?.kind === 'delete' && (
        <ConfirmDialog
          title={`Delete the policy of ${bound(asked.policy, names)}?`} action="Delete policy" work={() => deletePolicy(gateway, asked.policy)}
          onDone={() => done('The policy is gone')} onClose={close}
        >
          Its limits and budgets end at once. Other policies that bind the same callers go on.
        </ConfirmDialog>
      )}
      {notices.place}
    </>
  );
}

interface QuotasProps {
  readonly quotas: readonly Quota[];
  readonly names: ReadonlyMap<string, string>;
  readonly possible: (policy: Policy) => readonly RowAction[];
}

function Quotas({ quotas, names, possible }: QuotasProps) {
  const rank = { tenant: 0, owner: 1, key: 2 };
  const sorted = [...quotas].sort((a, b) => rank[a.policy.scope] - rank[b.policy.scope] || a.policy.subject.localeCompare(b.policy.subject, 'en'));
  const { shown, turner } = usePaging(sorted, 'policies');
  const now = new Date();
  return (
    <div className="alti-stack">
      {shown.map((quota) => (
        <QuotaCard
          key={quota.policy.id} quota={quota} title={bound(quota.policy, names)} now={now} actions={possible(quota.policy)}
          note={quota.policy.scope === 'key' && names.has(quota.policy.subject) ? quota.policy.subject : ''}
        />
      ))}
      {turner}
    </div>
  );
}
