import { Label, LabelGroup } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { may } from '../auth/access.ts';
import { roleLabel } from '../auth/roles.ts';
import { useUser } from '../auth/useSession.ts';
import { day, nothing } from '../ui/format.ts';
import { usePaging } from '../ui/paging.tsx';
import { RowActions, type RowAction } from '../ui/RowActions.tsx';
import type { Member } from './members.ts';

interface MembersTableProps {
  readonly members: readonly Member[];
  readonly showTenant: boolean;
  readonly onRoles: (member: Member) => void;
  readonly onPassword: (member: Member) => void;
  readonly onReset: (member: Member) => void;
  readonly onRemove: (member: Member) => void;
}

export function MembersTable({ members, showTenant, onRoles, onPassword, onReset, onRemove }: MembersTableProps) {
  const { shown, turner } = usePaging(members, 'members');
  const user = useUser();

  function possible(member: Member): readonly RowAction[] {
    const found: RowAction[] = [];
    if (may(user, 'change-member')) {
      found.push({ text: 'Change roles', act: () => onRoles(member) }, { text: 'Set a new password', act: () => onPassword(member) });
    }
    if (may(user, 'reset-second-factor')) found.push({ text: 'Take away the second factor', act: () => onReset(member) });
    if (may(user, 'remove-member')) found.push({ text: 'Remove', act: () => onRemove(member), isDanger: true });
    return found;
  }

  return (
    <>
      <Table aria-label="Members" variant="compact" gridBreakPoint="grid-md">
        <Thead>
          <Tr>
            <Th>Member</Th>
            {showTenant && <Th>Tenant</Th>}
            <Th>Roles</Th>
            <Th>Since</Th>
            <Th screenReaderText="Actions" />
          </Tr>
        </Thead>
        <Tbody>
          {shown.map((member) => (
            <Tr key={member.username}>
              <Td dataLabel="Member"><span className="alti-strong">{member.username}</span></Td>
              {showTenant && <Td dataLabel="Tenant">{member.tenant}</Td>}
              <Td dataLabel="Roles">
                <LabelGroup numLabels={5} aria-label={`Roles of ${member.username}`}>
                  {member.roles.map((role) => <Label key={role} isCompact variant="outline">{roleLabel(role)}</Label>)}
                </LabelGroup>
              </Td>
              <Td dataLabel="Since" modifier="nowrap">{member.createdAt === undefined ? nothing : day(member.createdAt)}</Td>
              <Td dataLabel="Actions" className="alti-action"><RowActions of={member.username} actions={possible(member)} /></Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
      {turner}
    </>
  );
}
