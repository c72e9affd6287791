import { Button, EmptyState, EmptyStateBody, PageSection } from '@patternfly/react-core';
import PinIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-thumbtack-icon';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useQuery } from '@tanstack/react-query';
import { may } from '../auth/access.ts';
import { useUser } from '../auth/useSession.ts';
import { gateway } from '../composition.ts';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { count, day, nothing } from '../ui/format.ts';
import { Loaded } from '../ui/Loaded.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { usePaging } from '../ui/paging.tsx';
import { RowActions, type RowAction } from '../ui/RowActions.tsx';
import { useDialogs } from '../ui/useDialogs.ts';
import { EditPinDialog, NewPinDialog } from './PinDialog.tsx';
import { beginning, deletePin, fetchPins, type Pin, type PinProgress } from './pins.ts';

type Asked = { readonly kind: 'create' } | { readonly kind: 'edit' | 'delete'; readonly pin: Pin };

export default function PinsPage() {
  const pins = useQuery({ queryKey: ['pins'], queryFn: ({ signal }) => fetchPins(gateway, signal), refetchInterval: 2000 });
  const user = useUser();
  const { asked, ask, close, done, notices } = useDialogs<Asked>('pins');

  function possible(pin: Pin): readonly RowAction[] {
    const found: RowAction[] = [];
    if (may(user, 'change-pin')) found.push({ text: 'Change', act: () => ask({ kind: 'edit', pin }) });
    if (may(user, 'delete-pin')) found.push({ text: 'Unpin', act: () => ask({ kind: 'delete', pin }), isDanger: true });
    return found;
  }

  return (
    <>
      <PageHeader title="Pinned prompts" purpose="System prompts that workers keep computed, so that answers to whoever sends them begin sooner.">
        {may(user, 'create-pin') && <Button size="sm" onClick={() => ask({ kind: 'create' })}>Pin a prompt</Button>}
      </PageHeader>
      <PageSection isFilled>
        <Loaded query={pins} what="The pinned prompts">
          {(all) => all.length === 0 ? (
            <EmptyState titleText="No prompt is pinned" headingLevel="h2" icon={PinIcon} variant="sm">
              <EmptyStateBody>Pin one that many callers send, and it is not computed again for any of them.</EmptyStateBody>
            </EmptyState>
          ) : <PinsTable pins={all} possible={possible} />}
        </Loaded>
      </PageSection>
      {asked?.kind === 'create' && <NewPinDialog onSaved={() => done('The prompt is pinned')} onClose={close} />}
      {asked?.kind === 'edit' && <EditPinDialog pin={asked.pin} onSaved={() => done('Workers compute the new prompt')} onClose={close} />}
      {asked?.kind === 'delete' && (
        <ConfirmDialog
          title={`Unpin this prompt of ${asked.pin.model}?`} action="Unpin" work={() => deletePin(gateway, asked.pin)}
          onDone={() => done('The prompt is no longer pinned')} onClose={close}
        >
          <p className="alti-excerpt">“{beginning(asked.pin.system)}”</p>
          <p>What is computed of it stays until its memory is needed, like anything else. Answers are the same without it.</p>
        </ConfirmDialog>
      )}
      {notices.place}
    </>
  );
}

function PinsTable({ pins, possible }: { pins: readonly Pin[]; possible: (pin: Pin) => readonly RowAction[] }) {
  const { shown, turner } = usePaging(pins, 'pinned prompts');
  return (
    <>
      <Table aria-label="Pinned prompts" variant="compact" gridBreakPoint="grid-md">
        <Thead>
          <Tr>
            <Th>Model</Th>
            <Th width={40}>System prompt</Th>
            <Th>Workers</Th>
            <Th>Since</Th>
            <Th screenReaderText="Actions" />
          </Tr>
        </Thead>
        <Tbody>
          {shown.map((pin) => (
            <Tr key={pin.id}>
              <Td dataLabel="Model"><span className="alti-strong">{pin.model}</span></Td>
              <Td dataLabel="System prompt"><span className="alti-excerpt">{beginning(pin.system)}</span></Td>
              <Td dataLabel="Workers">
                {pin.workers.length === 0 ? <span className="alti-note">none serves the model</span> : pin.workers.map((one) => <Progress key={one.worker} progress={one} />)}
              </Td>
              <Td dataLabel="Since" modifier="nowrap">{pin.createdAt === undefined ? nothing : day(pin.createdAt)}</Td>
              <Td dataLabel="Actions" className="alti-action"><RowActions of={`“${beginning(pin.system).slice(0, 40)}”`} actions={possible(pin)} /></Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
      {turner}
    </>
  );
}

function Progress({ progress: { worker, tokens, pinnedTokens, detail } }: { progress: PinProgress }) {
  return (
    <div>
      {worker}: {pinnedTokens > 0 ? `${count(pinnedTokens)} of ${count(tokens)} tokens` : detail === '' ? 'being computed' : 'not pinned'}
      {detail !== '' && <div className="alti-problem">{detail}</div>}
    </div>
  );
}
