import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { duration, nothing } from '../ui/format.ts';
import { RowActions, type RowAction } from '../ui/RowActions.tsx';
import { StateLabel } from '../ui/StateLabel.tsx';
import type { Worker } from './workers.ts';

interface WorkersTableProps {
  readonly workers: readonly Worker[];
  readonly possible: (worker: Worker) => readonly RowAction[];
}

export function WorkersTable({ workers, possible }: WorkersTableProps) {
  const now = Date.now();
  return (
    <Table aria-label="Workers" variant="compact" gridBreakPoint="grid-md">
      <Thead>
        <Tr>
          <Th>Worker</Th>
          <Th>State</Th>
          <Th>Compute profile</Th>
          <Th>Models</Th>
          <Th>Up for</Th>
          <Th screenReaderText="Actions" />
        </Tr>
      </Thead>
      <Tbody>
        {workers.map((worker) => (
          <Tr key={worker.id}>
            <Td dataLabel="Worker"><span className="alti-strong">{worker.id}</span></Td>
            <Td dataLabel="State">
              <StateLabel state={worker.state} />
              {worker.state !== 'up' && <div className="alti-note">{worker.drainWanted ? 'takes nothing new until it is resumed' : 'is ending'}</div>}
            </Td>
            <Td dataLabel="Compute profile">{worker.computeProfile === '' ? nothing : worker.computeProfile}</Td>
            <Td dataLabel="Models">{worker.models.length === 0 ? nothing : worker.models.map((model) => model.name).join(', ')}</Td>
            <Td dataLabel="Up for">
              {worker.startedAt === undefined ? nothing : (
                <time dateTime={worker.startedAt.toISOString()} title={worker.startedAt.toLocaleString('en')}>
                  {duration(now - worker.startedAt.getTime())}
                </time>
              )}
            </Td>
            <Td dataLabel="Actions" className="alti-action"><RowActions of={worker.id} actions={possible(worker)} /></Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
