import { DescriptionList, DescriptionListDescription, DescriptionListGroup, DescriptionListTerm, Label } from '@patternfly/react-core';
import { ExpandableRowContent, Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useState } from 'react';
import { count, moment, nothing } from '../ui/format.ts';
import { ending, type AuditEvent } from './audit.ts';

const looks = { done: 'success', refused: 'warning', failed: 'danger' } as const;
const origins: Readonly<Record<string, string>> = { SESSION: 'signed in', API_KEY: 'API key', TOKEN: 'token' };

export function AuditTable({ events }: { events: readonly AuditEvent[] }) {
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());

  function toggle(sequence: number) {
    const next = new Set(open);
    if (!next.delete(sequence)) next.add(sequence);
    setOpen(next);
  }

  return (
    <Table aria-label="Events" variant="compact" gridBreakPoint="grid-lg" isExpandable>
      <Thead>
        <Tr>
          <Th screenReaderText="Details" />
          <Th className="alti-number">No.</Th>
          <Th>When</Th>
          <Th>Who</Th>
          <Th>What</Th>
          <Th>Ended</Th>
        </Tr>
      </Thead>
      {events.map((event, index) => {
        const expanded = open.has(event.sequence);
        const end = ending(event.status);
        return (
          <Tbody key={event.sequence} isExpanded={expanded}>
            <Tr isContentExpanded={expanded}>
              <Td expand={{ rowIndex: index, isExpanded: expanded, onToggle: () => toggle(event.sequence), expandId: 'event' }} />
              <Td dataLabel="No." className="alti-number">{count(event.sequence)}</Td>
              <Td dataLabel="When" modifier="nowrap">
                {event.at === undefined ? nothing : <time dateTime={event.at.toISOString()}>{moment(event.at)}</time>}
              </Td>
              <Td dataLabel="Who">
                <span className="alti-strong">{event.actor === '' ? 'Nobody known' : event.actor}</span>
                <div className="alti-note">{[origins[event.origin] ?? '', event.address].filter((part) => part !== '').join(', ')}</div>
              </Td>
              <Td dataLabel="What">
                <span className="alti-code">{event.action}</span>
                {event.subject !== '' && <div className="alti-note alti-code">{event.subject}</div>}
              </Td>
              <Td dataLabel="Ended"><Label isCompact status={looks[end]}>{end} {event.status > 0 ? event.status : ''}</Label></Td>
            </Tr>
            <Tr isExpanded={expanded}>
              <Td />
              <Td colSpan={5}>
                <ExpandableRowContent><Seal event={event} /></ExpandableRowContent>
              </Td>
            </Tr>
          </Tbody>
        );
      })}
    </Table>
  );
}

function Seal({ event }: { event: AuditEvent }) {
  const facts = [['Hash', event.hash], ['Hash of the event before', event.previous], ['Signing key', event.key], ['Signature', event.signature]] as const;
  return (
    <DescriptionList isCompact aria-label={`Seal of event ${event.sequence}`}>
      {facts.map(([term, fact]) => (
        <DescriptionListGroup key={term}>
          <DescriptionListTerm>{term}</DescriptionListTerm>
          <DescriptionListDescription className="alti-code alti-hash">{fact}</DescriptionListDescription>
        </DescriptionListGroup>
      ))}
    </DescriptionList>
  );
}
