import { Button, DescriptionList, DescriptionListDescription, DescriptionListGroup, DescriptionListTerm } from '@patternfly/react-core';
import { ExpandableRowContent, Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useState } from 'react';
import { compact, count, nothing } from '../ui/format.ts';
import { RowActions, type RowAction } from '../ui/RowActions.tsx';
import { StateLabel } from '../ui/StateLabel.tsx';
import { actionFor, licenceName, type Model, type ModelAction } from './models.ts';

interface ModelsTableProps {
  readonly models: readonly Model[];
  /** Name of the model whose request is under way, or nothing. */
  readonly busy: string;
  readonly onServe: (model: Model) => void;
  readonly onUnserve: (model: Model) => void;
  readonly onAdd: (model: Model) => void;
  /** What else can be done about one. */
  readonly possible: (model: Model) => readonly RowAction[];
}

export function ModelsTable({ models, busy, onServe, onUnserve, onAdd, possible }: ModelsTableProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const act: Record<ModelAction, (model: Model) => void> = { serve: onServe, unserve: onUnserve, add: onAdd };

  function toggle(name: string) {
    const next = new Set(open);
    if (!next.delete(name)) next.add(name);
    setOpen(next);
  }

  return (
    <Table aria-label="Models" variant="compact" gridBreakPoint="grid-lg" isExpandable>
      <Thead>
        <Tr>
          <Th screenReaderText="Details" />
          <Th modifier="nowrap">Name</Th>
          <Th modifier="nowrap">State</Th>
          <Th modifier="nowrap" className="alti-number">Parameters</Th>
          <Th modifier="nowrap" className="alti-number">Context</Th>
          <Th modifier="nowrap">Shape</Th>
          <Th modifier="nowrap">Licence</Th>
          <Th screenReaderText="Action" />
        </Tr>
      </Thead>
      {models.map((model, index) => {
        const expanded = open.has(model.name);
        return (
          <Tbody key={model.name} isExpanded={expanded}>
            <Tr isContentExpanded={expanded}>
              <Td
                expand={{
                  rowIndex: index, isExpanded: expanded, onToggle: () => toggle(model.name), expandId: 'model',
                }}
              />
              <Td dataLabel="Name">
                <span className="alti-strong">{model.name}</span>
                {model.state === 'failed' && model.detail !== '' && <div className="alti-problem">{model.detail}</div>}
              </Td>
              <Td dataLabel="State"><StateLabel state={model.state} /></Td>
              <Td dataLabel="Parameters" className="alti-number">{model.parameters === 0 ? nothing : compact(model.parameters)}</Td>
              <Td dataLabel="Context" className="alti-number">{model.contextLength === 0 ? nothing : count(model.contextLength)}</Td>
              <Td dataLabel="Shape" modifier="nowrap">{shapeInShort(model)}</Td>
              <Td dataLabel="Licence"><span className="alti-licence">{model.licence === '' ? nothing : licenceName(model.licence)}</span></Td>
              <Td dataLabel="Action" modifier="nowrap" className="alti-action">
                <ActionButton model={model} busy={busy === model.name} onAct={act[actionFor(model)]} />
                <RowActions of={model.name} actions={possible(model)} />
              </Td>
            </Tr>
            <Tr isExpanded={expanded}>
              <Td />
              <Td colSpan={7}>
                <ExpandableRowContent><Details model={model} /></ExpandableRowContent>
              </Td>
            </Tr>
          </Tbody>
        );
      })}
    </Table>
  );
}

const words: Record<ModelAction, { text: string; says: (name: string) => string }> = {
  serve: { text: 'Serve', says: (name) => `Serve ${name}` },
  unserve: { text: 'Stop serving', says: (name) => `Stop serving ${name}` },
  add: { text: 'Add to the store', says: (name) => `Add ${name} to the store` },
};

function ActionButton({ model, busy, onAct }: { model: Model; busy: boolean; onAct: (model: Model) => void }) {
  const action = actionFor(model);
  return (
    <Button
      variant={action === 'add' ? 'link' : 'secondary'} isInline={action === 'add'} size="sm" isLoading={busy} isDisabled={busy}
      aria-label={words[action].says(model.name)} onClick={() => onAct(model)}
    >
      {words[action].text}
    </Button>
  );
}

function shapeInShort({ shape }: Model): string {
  return shape === undefined ? nothing : `${shape.layers} × ${count(shape.dim)}`;
}

function Details({ model }: { model: Model }) {
  const { shape } = model;
  const facts: [string, string][] = [];
  if (shape !== undefined) {
    facts.push(
      ['Layers', count(shape.layers)],
      ['Width', count(shape.dim)],
      ['Attention heads', attention(shape.heads, shape.kvHeads)],
      ['Head width', count(shape.headDim)],
      ['Feed-forward width', count(shape.ffn)],
      ['Vocabulary', `${count(shape.vocabulary)} tokens`],
      ['Embeddings', shape.tiedEmbeddings ? 'tied to the output' : 'separate from the output'],
    );
  }
  if (model.parameters > 0) facts.push(['Parameters', count(model.parameters)]);
  if (model.dtype !== '') facts.push(['Format', model.dtype]);
  if (model.chatTemplate !== '') facts.push(['Chat template', model.chatTemplate]);
  if (model.licence !== '') facts.push(['Licence', model.licence]);
  if (model.weights !== '') facts.push(['Weights', model.weights]);
  if (model.workers.length > 0) facts.push(['Workers', model.workers.join(', ')]);
  if (model.detail !== '' && model.state !== 'failed') facts.push(['Note', model.detail]);
  return (
    <DescriptionList isCompact columnModifier={{ default: '1Col', md: '2Col', xl: '3Col' }} aria-label={`Details of ${model.name}`}>
      {facts.map(([term, fact]) => (
        <DescriptionListGroup key={term}>
          <DescriptionListTerm>{term}</DescriptionListTerm>
          <DescriptionListDescription>{fact}</DescriptionListDescription>
        </DescriptionListGroup>
      ))}
    </DescriptionList>
  );
}

/** Fewer key/value heads than query heads is grouped-query attention (Llama 2 paper, section 2.2). */
function attention(heads: number, kvHeads: number): string {
  return heads === kvHeads ? count(heads) : `${count(heads)}, sharing ${count(kvHeads)} key/value heads`;
}
