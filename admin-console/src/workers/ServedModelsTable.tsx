import { EmptyState, EmptyStateBody } from '@patternfly/react-core';
import AiModelIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-ai-model-icon';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { Link } from 'react-router';
import { count, nothing, percent, rate } from '../ui/format.ts';
import { StateLabel } from '../ui/StateLabel.tsx';
import { Meter } from './Meter.tsx';
import type { Worker, WorkerModel } from './workers.ts';

/** One row for each model that a worker holds, is loading, or failed to load. */
export function ServedModelsTable({ workers }: { workers: readonly Worker[] }) {
  const rows = workers.flatMap((worker) => worker.models.map((model) => ({ worker, model })));
  if (rows.length === 0) {
    return (
      <EmptyState titleText="No model is in service" headingLevel="h3" icon={AiModelIcon} variant="sm">
        <EmptyStateBody>Choose one on the <Link to="/models">Models</Link> page and serve it.</EmptyStateBody>
      </EmptyState>
    );
  }
  return (
    <div className="alti-table-scroll">
      <Table aria-label="Models in service" variant="compact" gridBreakPoint="grid-lg">
        <Thead>
          <Tr>
            <Th>Model</Th>
            <Th>Worker</Th>
            <Th>State</Th>
            <Th>Format</Th>
            <Th className="alti-number">Running</Th>
            <Th className="alti-number">Queued</Th>
            <Th className="alti-number">Tokens/s</Th>
            <Th width={15}>KV memory</Th>
            <Th className="alti-number">Tokens generated</Th>
            <Th className="alti-number">Preemptions</Th>
          </Tr>
        </Thead>
        <Tbody>{rows.map(({ worker, model }) => <Row key={`${worker.id}/${model.name}`} worker={worker} model={model} />)}</Tbody>
      </Table>
    </div>
  );
}

function Row({ worker, model }: { worker: Worker; model: WorkerModel }) {
  const kv = percent(model.kvUsedTokens, model.kvCapacityTokens);
  return (
    <Tr>
      <Td dataLabel="Model">
        <span className="alti-strong">{model.name}</span>
        {model.detail !== '' && <div className="alti-note">{model.detail}</div>}
      </Td>
      <Td dataLabel="Worker">{worker.id}</Td>
      <Td dataLabel="State"><StateLabel state={model.state} /></Td>
      <Td dataLabel="Format">{model.dtype === '' ? nothing : model.dtype}</Td>
      <Td dataLabel="Running" className="alti-number">{count(model.running)}</Td>
      <Td dataLabel="Queued" className="alti-number">{count(model.queued)}</Td>
      <Td dataLabel="Tokens/s" className="alti-number">{rate(model.tokensPerSecond)}</Td>
      <Td dataLabel="KV memory">
        {model.kvCapacityTokens === 0 ? nothing : (
          <div className="alti-meter-cell">
            <Meter label={`KV memory of ${model.name} on ${worker.id}`} value={kv} />
            <span>{kv}%</span>
          </div>
        )}
      </Td>
      <Td dataLabel="Tokens generated" className="alti-number">{count(model.generatedTokensTotal)}</Td>
      <Td dataLabel="Preemptions" className="alti-number">{count(model.preemptionsTotal)}</Td>
    </Tr>
  );
}
