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
            <Th modifier="nowrap">Model</Th>
            <Th modifier="nowrap">Worker</Th>
            <Th modifier="nowrap">State</Th>
            <Th modifier="nowrap" className="alti-number">Running</Th>
            <Th modifier="nowrap" className="alti-number">Queued</Th>
            <Th modifier="nowrap" className="alti-number">Tokens/s</Th>
            <Th modifier="nowrap" width={20}>KV memory</Th>
            <Th modifier="nowrap" className="alti-number">Generated</Th>
            <Th modifier="nowrap" className="alti-number">Preempted</Th>
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
        <div className={model.state === 'failed' ? 'alti-problem' : 'alti-note'}>{model.detail === '' ? traits(model) : model.detail}</div>
      </Td>
      <Td dataLabel="Worker" modifier="nowrap">{worker.id}</Td>
      <Td dataLabel="State"><StateLabel state={model.state} /></Td>
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
      <Td dataLabel="Generated" className="alti-number">{count(model.generatedTokensTotal)}</Td>
      <Td dataLabel="Preempted" className="alti-number">{count(model.preemptionsTotal)}</Td>
    </Tr>
  );
}

/** The format, template and context a model is held with, such as "q8, chatml, 8,192 tokens". */
function traits(model: WorkerModel): string {
  return [model.dtype, model.chatTemplate, model.maxModelLen > 0 ? `${count(model.maxModelLen)} tokens` : '']
    .filter((trait) => trait !== '')
    .join(', ');
}
