import { Button, EmptyState, EmptyStateBody, PageSection, SearchInput, ToggleGroup, ToggleGroupItem, Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core';
import TenantIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-cloud-tenant-icon';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { may } from '../auth/access.ts';
import { useUser } from '../auth/useSession.ts';
import { gateway } from '../composition.ts';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { Loaded } from '../ui/Loaded.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { useDialogs } from '../ui/useDialogs.ts';
import { EditTenantDialog, NewTenantDialog } from './TenantDialog.tsx';
import { deleteTenant, serveTenant, type Tenant, type TenantStatus } from './tenants.ts';
import { TenantsTable, type TenantActions } from './TenantsTable.tsx';
import { useTenants } from './useTenants.ts';

const views: readonly (readonly [TenantStatus | '', string])[] = [['', 'All'], ['active', 'Active'], ['suspended', 'Suspended'], ['deleted', 'Deleted']];

type Asked = { readonly kind: 'create' } | { readonly kind: 'edit' | 'suspend' | 'delete'; readonly tenant: Tenant };

export default function TenantsPage() {
  const tenants = useTenants();
  const user = useUser();
  const navigate = useNavigate();
  const [search, setSearch] = useState('');
  const [view, setView] = useState<TenantStatus | ''>('');
  const { asked, ask, close, reload, done, notices } = useDialogs<Asked>('tenants');

  async function serveAgain(tenant: Tenant) {
    try {
      await serveTenant(gateway, tenant, 'active');
      done(`${tenant.id} is served again`);
    } catch (problem) {
      notices.failed(`${tenant.id} is not served`, problem);
      reload();
    }
  }

  const actions: TenantActions = {
    edit: (tenant) => ask({ kind: 'edit', tenant }),
    suspend: (tenant) => ask({ kind: 'suspend', tenant }),
    serve: (tenant) => void serveAgain(tenant),
    remove: (tenant) => ask({ kind: 'delete', tenant }),
    open: (page, tenant) => void navigate(`${page}?tenant=${encodeURIComponent(tenant.id)}`),
  };
  const wanted = search.trim().toLowerCase();

  return (
    <>
      <PageHeader title="Tenants" purpose="The organisations that share this platform.">
        {may(user, 'create-tenant') && <Button size="sm" onClick={() => ask({ kind: 'create' })}>Create tenant</Button>}
      </PageHeader>
      <PageSection isFilled>
        <Loaded query={tenants} what="The tenants">
          {(all) => {
            const shown = all.filter((tenant) => (view === '' || tenant.status === view) && `${tenant.id} ${tenant.name}`.toLowerCase().includes(wanted));
            return (
              <>
                <Toolbar>
                  <ToolbarContent>
                    <ToolbarItem>
                      <SearchInput
                        aria-label="Find a tenant" placeholder="Find by id or name" value={search} onChange={(_, value) => setSearch(value)}
                        onClear={() => setSearch('')}
                      />
                    </ToolbarItem>
                    <ToolbarItem>
                      <ToggleGroup aria-label="Tenants shown">
                        {views.map(([status, label]) => (
                          <ToggleGroupItem
                            key={label} buttonId={`view-${label}`} isSelected={view === status} onChange={() => setView(status)}
                            text={`${label} ${all.filter((tenant) => status === '' || tenant.status === status).length}`}
                          />
                        ))}
                      </ToggleGroup>
                    </ToolbarItem>
                  </ToolbarContent>
                </Toolbar>
                {shown.length === 0 ? (
                  <EmptyState titleText="No tenant found" headingLevel="h2" icon={TenantIcon} variant="sm">
                    <EmptyStateBody>No tenant matches. Change what is looked for, or create one.</EmptyStateBody>
                  </EmptyState>
                ) : <TenantsTable tenants={shown} actions={actions} />}
              </>
            );
          }}
        </Loaded>
      </PageSection>
      {asked?.kind === 'create' && <NewTenantDialog onSaved={(id) => done(`${id} was created`)} onClose={close} />}
      {asked?.kind === 'edit' && (
        <EditTenantDialog tenant={asked.tenant} onSaved={(id) => done(`${id} was changed`)} onClose={close} />
      )}
      {asked?.kind === 'suspend' && (
        <ConfirmDialog
          title={`Suspend ${asked.tenant.id}?`} action="Suspend" work={() => serveTenant(gateway, asked.tenant, 'suspended')}
          onDone={() => done(`${asked.tenant.id} is suspended`)} onClose={close}
        >
          Every request of {asked.tenant.id} is refused until it is served again. Its keys, members and policies stay as they are.
        </ConfirmDialog>
      )}
      {asked?.kind === 'delete' && (
        <ConfirmDialog
          title={`Delete ${asked.tenant.id}?`} action="Delete tenant" name={asked.tenant.id} work={() => deleteTenant(gateway, asked.tenant)}
          onDone={() => done(`${asked.tenant.id} is deleted`, 'For 30 days it can be taken back.')} onClose={close}
        >
          Every request of {asked.tenant.id} is refused from now on. For 30 days it can be taken back; then its keys, members and
          policies are removed for good. What it has used, and what was done to it, stays on record.
        </ConfirmDialog>
      )}
      {notices.place}
    </>
  );
}
