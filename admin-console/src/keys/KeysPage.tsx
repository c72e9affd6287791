import { Button, EmptyState, EmptyStateBody, PageSection, SearchInput, ToggleGroup, ToggleGroupItem, Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core';
import KeyIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-key-icon';
import { useState } from 'react';
import { may } from '../auth/access.ts';
import { useUser } from '../auth/useSession.ts';
import { gateway } from '../composition.ts';
import { TenantPicker } from '../tenants/TenantPicker.tsx';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { Loaded } from '../ui/Loaded.tsx';
import { MoreButton } from '../ui/MoreButton.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { useDialogs } from '../ui/useDialogs.ts';
import { nameOf, revokeKey, type ApiKey, type CreatedKey } from './keys.ts';
import { KeysTable } from './KeysTable.tsx';
import { NewKeyDialog } from './NewKeyDialog.tsx';
import { RotateDialog } from './RotateDialog.tsx';
import { SecretDialog } from './SecretDialog.tsx';
import { useKeyPages } from './useKeys.ts';

type Asked =
  | { readonly kind: 'create' }
  | { readonly kind: 'rotate' | 'revoke'; readonly key: ApiKey }
  | { readonly kind: 'secret'; readonly created: CreatedKey };

export default function KeysPage() {
  const user = useUser();
  const [search, setSearch] = useState('');
  const [tenant, setTenant] = useState('');
  const [everyKey, setEveryKey] = useState(false);
  const about = search.trim();
  const keys = useKeyPages({ tenant, about, inUse: !everyKey });
  const { asked, ask, close, reload, done, notices } = useDialogs<Asked>('keys');
  const several = may(user, 'list-tenants');

  function show(created: CreatedKey) {
    ask({ kind: 'secret', created });
    reload();
  }

  return (
    <>
      <PageHeader title="API keys" purpose="What programs use to call the models.">
        {may(user, 'create-key') && <Button size="sm" onClick={() => ask({ kind: 'create' })}>Create key</Button>}
      </PageHeader>
      <PageSection isFilled>
        <Toolbar>
          <ToolbarContent>
            <ToolbarItem>
              <SearchInput
                aria-label="Find a key" placeholder="Find by name, id or owner" value={search} onChange={(_, value) => setSearch(value)}
                onClear={() => setSearch('')}
              />
            </ToolbarItem>
            <ToolbarItem>
              <ToggleGroup aria-label="Keys shown">
                <ToggleGroupItem buttonId="view-use" text="In use" isSelected={!everyKey} onChange={() => setEveryKey(false)} />
                <ToggleGroupItem buttonId="view-all" text="All" isSelected={everyKey} onChange={() => setEveryKey(true)} />
              </ToggleGroup>
            </ToolbarItem>
            {several && <ToolbarItem><TenantPicker value={tenant} onChange={setTenant} all="Every tenant" /></ToolbarItem>}
          </ToolbarContent>
        </Toolbar>
        <Loaded query={keys} what="The keys">
          {({ pages }) => {
            const shown = pages.flatMap((page) => page.keys);
            const isSought = about !== '' || tenant !== '';
            return shown.length === 0 ? (
              <EmptyState titleText={isSought ? 'No key found' : everyKey ? 'There is no key yet' : 'No key is in use'} headingLevel="h2" icon={KeyIcon} variant="sm">
                <EmptyStateBody>
                  {isSought ? 'No key matches. Change what is looked for.' : may(user, 'create-key') ? 'Create one to call the models from a program.' : 'Nobody has created one.'}
                </EmptyStateBody>
              </EmptyState>
            ) : (
              <>
                <KeysTable
                  keys={shown} showTenant={several} onRotate={(key) => ask({ kind: 'rotate', key })} onRevoke={(key) => ask({ kind: 'revoke', key })}
                />
                <MoreButton query={keys}>Show older keys</MoreButton>
              </>
            );
          }}
        </Loaded>
      </PageSection>
      {asked?.kind === 'create' && <NewKeyDialog onCreated={show} onClose={close} />}
      {asked?.kind === 'rotate' && <RotateDialog apiKey={asked.key} onCreated={show} onClose={close} />}
      {asked?.kind === 'secret' && <SecretDialog created={asked.created} onClose={close} />}
      {asked?.kind === 'revoke' && (
        <ConfirmDialog
          title={`Revoke ${nameOf(asked.key)}?`} action="Revoke key" name={nameOf(asked.key)} work={() => revokeKey(gateway, asked.key.id)}
          onDone={() => done(`${nameOf(asked.key)} is revoked`)} onClose={close}
        >
          Programs that use it are refused within 2 seconds, and it cannot be taken back. To change a key without a pause, rotate it.
        </ConfirmDialog>
      )}
      {notices.place}
    </>
  );
}
