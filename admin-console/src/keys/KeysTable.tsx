import { Label, type LabelProps } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { may } from '../auth/access.ts';
import { useUser } from '../auth/useSession.ts';
import { day, moment, nothing } from '../ui/format.ts';
import { RowActions, type RowAction } from '../ui/RowActions.tsx';
import { keyState, limitsInWords, nameOf, type ApiKey, type KeyState } from './keys.ts';

interface KeysTableProps {
  readonly keys: readonly ApiKey[];
  readonly showTenant: boolean;
  readonly onRotate: (key: ApiKey) => void;
  readonly onRevoke: (key: ApiKey) => void;
}

const looks: Record<KeyState, { text: string; label: LabelProps }> = {
  active: { text: 'Active', label: { status: 'success' } },
  replaced: { text: 'Replaced', label: { status: 'warning' } },
  expired: { text: 'Expired', label: { color: 'grey' } },
  revoked: { text: 'Revoked', label: { color: 'grey' } },
};

export function KeysTable({ keys, showTenant, onRotate, onRevoke }: KeysTableProps) {
  const user = useUser();
  const now = new Date();

  function possible(key: ApiKey): readonly RowAction[] {
    const state = keyState(key, now);
    const found: RowAction[] = [];
    if (state === 'active' && may(user, 'rotate-key')) found.push({ text: 'Rotate', act: () => onRotate(key) });
    if ((state === 'active' || state === 'replaced') && may(user, 'revoke-key')) found.push({ text: 'Revoke', act: () => onRevoke(key), isDanger: true });
    return found;
  }

  return (
    <Table aria-label="API keys" variant="compact" gridBreakPoint="grid-lg">
      <Thead>
        <Tr>
          <Th>Key</Th>
          <Th>State</Th>
          {showTenant && <Th>Tenant</Th>}
          <Th>Owner</Th>
          <Th>Good for</Th>
          <Th modifier="nowrap">Last used</Th>
          <Th>Ends</Th>
          <Th screenReaderText="Actions" />
        </Tr>
      </Thead>
      <Tbody>
        {keys.map((key) => {
          const look = looks[keyState(key, now)];
          return (
            <Tr key={key.id}>
              <Td dataLabel="Key">
                <span className="alti-strong">{nameOf(key)}</span>
                <div className="alti-note alti-code">{key.id} … {key.last4}</div>
              </Td>
              <Td dataLabel="State"><Label isCompact {...look.label}>{look.text}</Label></Td>
              {showTenant && <Td dataLabel="Tenant">{key.tenant}</Td>}
              <Td dataLabel="Owner">{key.owner === '' ? nothing : key.owner}</Td>
              <Td dataLabel="Good for">{limitsInWords(key)}</Td>
              <Td dataLabel="Last used" modifier="nowrap">{key.lastUsedAt === undefined ? 'Never' : <When date={key.lastUsedAt} />}</Td>
              <Td dataLabel="Ends" modifier="nowrap">{ends(key)}</Td>
              <Td dataLabel="Actions" className="alti-action"><RowActions of={nameOf(key)} actions={possible(key)} /></Td>
            </Tr>
          );
        })}
      </Tbody>
    </Table>
  );
}

function ends(key: ApiKey) {
  const end = key.revokedAt ?? key.expiresAt;
  return end === undefined ? 'Never' : <When date={end} />;
}

function When({ date }: { date: Date }) {
  return <time dateTime={date.toISOString()} title={moment(date)}>{day(date)}</time>;
}
