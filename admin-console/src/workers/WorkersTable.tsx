import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { duration, nothing } from '../ui/format.ts';
import { StateLabel } from '../ui/StateLabel.tsx';
import type { Worker } from './workers.ts';

export function WorkersTable({ workers }: { workers: readonly Worker[] }) {
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
        </Tr>
      </Thead>
      <Tbody>
        {workers.map((worker) => (
          <Tr key={worker.id}>
            <Td dataLabel="Worker"><span className="alti-strong">{worker.id}</span></Td>
            <Td dataLabel="State"><StateLabel state={worker.state} /></Td>
            <Td dataLabel="Compute profile">{worker.computeProfile === '' ? nothing : worker.computeProfile}</Td>
            <Td dataLabel="Models">{worker.models.length === 0 ? nothing : worker.models.map((model) => model.name).join(', ')}</Td>
            <Td dataLabel="Up for">
              {worker.startedAt === undefined ? nothing : (
                <time dateTime={worker.startedAt.toISOString()} title={worker.startedAt.toLocaleString('en')}>
                  {duration(now - worker.startedAt.getTime())}
                </time>
              )}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
