import { Button, EmptyState, EmptyStateBody, PageSection, SearchInput, Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core';
import UsersIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-users-icon';
import { useState } from 'react';
import { may } from '../auth/access.ts';
import { useUser } from '../auth/useSession.ts';
import { gateway } from '../composition.ts';
import { TenantPicker } from '../tenants/TenantPicker.tsx';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { Loaded } from '../ui/Loaded.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { useDialogs } from '../ui/useDialogs.ts';
import { NewMemberDialog, PasswordDialog, RolesDialog } from './MemberDialogs.tsx';
import { removeMember, resetSecondFactor, type Member } from './members.ts';
import { MembersTable } from './MembersTable.tsx';
import { useMembers } from './useMembers.ts';

type Asked = { readonly kind: 'add' } | { readonly kind: 'roles' | 'password' | 'reset' | 'remove'; readonly member: Member };

export default function MembersPage() {
  const members = useMembers();
  const user = useUser();
  const [search, setSearch] = useState('');
  const [tenant, setTenant] = useState('');
  const { asked, ask, close, done, notices } = useDialogs<Asked>('members');
  const several = may(user, 'list-tenants');

  return (
    <>
      <PageHeader title="Members" purpose={several ? 'Who signs in to this platform, and as what.' : `Who signs in for ${user.tenant}, and as what.`}>
        {may(user, 'add-member') && <Button size="sm" onClick={() => ask({ kind: 'add' })}>Add member</Button>}
      </PageHeader>
      <PageSection isFilled>
        <Loaded query={members} what="The members">
          {(all) => {
            const shown = all.filter((member) => (tenant === '' || member.tenant === tenant)
              && member.username.toLowerCase().includes(search.trim().toLowerCase()));
            return (
              <>
                <Toolbar>
                  <ToolbarContent>
                    <ToolbarItem>
                      <SearchInput
                        aria-label="Find a member" placeholder="Find by name" value={search} onChange={(_, value) => setSearch(value)} onClear={() => setSearch('')}
                      />
                    </ToolbarItem>
                    {several && <ToolbarItem><TenantPicker value={tenant} onChange={setTenant} all="Every tenant" /></ToolbarItem>}
                  </ToolbarContent>
                </Toolbar>
                {shown.length === 0 ? (
                  <EmptyState titleText="No member found" headingLevel="h2" icon={UsersIcon} variant="sm">
                    <EmptyStateBody>
                      {all.length === 0 ? 'Nobody signs in yet.' : 'No member matches. Change what is looked for.'}
                    </EmptyStateBody>
                  </EmptyState>
                ) : (
                  <MembersTable
                    members={shown} showTenant={several} onRoles={(member) => ask({ kind: 'roles', member })}
                    onPassword={(member) => ask({ kind: 'password', member })}
                    onReset={(member) => ask({ kind: 'reset', member })} onRemove={(member) => ask({ kind: 'remove', member })}
                  />
                )}
              </>
            );
          }}
        </Loaded>
      </PageSection>
      {asked?.kind === 'add' && <NewMemberDialog onSaved={(name) => done(`${name} can sign in now`)} onClose={close} />}
      {asked?.kind === 'roles' && <RolesDialog member={asked.member} onSaved={(name) => done(`The roles of ${name} have changed`)} onClose={close} />}
      {asked?.kind === 'password' && <PasswordDialog member={asked.member} onSaved={(name) => done(`${name} has a new password`)} onClose={close} />}
      {asked?.kind === 'reset' && (
        <ConfirmDialog
          title={`Take away the second factor of ${asked.member.username}?`} action="Take it away" work={() => resetSecondFactor(gateway, asked.member.username)}
          onDone={() => done(`The password alone signs ${asked.member.username} in`)} onClose={close}
        >
          For somebody who has lost the device and the recovery codes. Make sure that it is really {asked.member.username} who asks: until a new
          one is set up, the password alone is enough.
        </ConfirmDialog>
      )}
      {asked?.kind === 'remove' && (
        <ConfirmDialog
          title={`Remove ${asked.member.username}?`} action="Remove member" name={asked.member.username} work={() => removeMember(gateway, asked.member.username)}
          onDone={() => done(`${asked.member.username} was removed`)} onClose={close}
        >
          {asked.member.username} is signed out and cannot sign in any more. The API keys of {asked.member.username} stay valid until they are
          revoked.
        </ConfirmDialog>
      )}
      {notices.place}
    </>
  );
}
