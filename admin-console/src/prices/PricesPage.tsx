import { Button, EmptyState, EmptyStateBody, PageSection } from '@patternfly/react-core';
import TagIcon from '@patternfly/react-icons/dist/esm/icons/rh-ui-tag-icon';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useQuery } from '@tanstack/react-query';
import { may } from '../auth/access.ts';
import { useUser } from '../auth/useSession.ts';
import { gateway } from '../composition.ts';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { money } from '../ui/format.ts';
import { Loaded } from '../ui/Loaded.tsx';
import { PageHeader } from '../ui/PageHeader.tsx';
import { RowActions, type RowAction } from '../ui/RowActions.tsx';
import { useDialogs } from '../ui/useDialogs.ts';
import { PriceDialog } from './PriceDialog.tsx';
import { fetchPrices, removePrice, type Price } from './prices.ts';

type Asked = { readonly kind: 'set'; readonly price: Price | undefined } | { readonly kind: 'remove'; readonly price: Price };

export default function PricesPage() {
  const prices = useQuery({ queryKey: ['prices'], queryFn: ({ signal }) => fetchPrices(gateway, signal), refetchInterval: 15_000 });
  const user = useUser();
  const { asked, ask, close, done, notices } = useDialogs<Asked>('prices');

  function possible(price: Price): readonly RowAction[] {
    const found: RowAction[] = [];
    if (may(user, 'set-price')) found.push({ text: 'Change', act: () => ask({ kind: 'set', price }) });
    if (may(user, 'remove-price')) found.push({ text: 'Remove', act: () => ask({ kind: 'remove', price }), isDanger: true });
    return found;
  }

  return (
    <>
      <PageHeader title="Prices" purpose="What a million tokens of each model cost, in the currency of the budgets. A model that is not here is free.">
        {may(user, 'set-price') && <Button size="sm" onClick={() => ask({ kind: 'set', price: undefined })}>Set a price</Button>}
      </PageHeader>
      <PageSection isFilled>
        <Loaded query={prices} what="The prices">
          {(all) => all.length === 0 ? (
            <EmptyState titleText="Every model is free" headingLevel="h2" icon={TagIcon} variant="sm">
              <EmptyStateBody>Set a price, and what is used of the model counts against the budgets in money.</EmptyStateBody>
            </EmptyState>
          ) : (
            <Table aria-label="Prices" variant="compact" gridBreakPoint="grid-md">
              <Thead>
                <Tr>
                  <Th>Model</Th>
                  <Th className="alti-number">Input</Th>
                  <Th className="alti-number" modifier="nowrap">Cached input</Th>
                  <Th className="alti-number">Output</Th>
                  <Th screenReaderText="Actions" />
                </Tr>
              </Thead>
              <Tbody>
                {all.map((price) => (
                  <Tr key={price.model}>
                    <Td dataLabel="Model"><span className="alti-strong">{price.model}</span></Td>
                    <Td dataLabel="Input" className="alti-number">{money(price.inputPerMillion)}</Td>
                    <Td dataLabel="Cached input" className="alti-number">{money(price.cachedPerMillion)}</Td>
                    <Td dataLabel="Output" className="alti-number">{money(price.outputPerMillion)}</Td>
                    <Td dataLabel="Actions" className="alti-action"><RowActions of={price.model} actions={possible(price)} /></Td>
                  </Tr>
                ))}
              </Tbody>
            </Table>
          )}
        </Loaded>
      </PageSection>
      {asked?.kind === 'set' && <PriceDialog price={asked.price} onSaved={(model) => done(`${model} has its price`)} onClose={close} />}
      {asked?.kind === 'remove' && (
        <ConfirmDialog
          title={`Make ${asked.price.model} free?`} action="Remove price" work={() => removePrice(gateway, asked.price)}
          onDone={() => done(`${asked.price.model} is free`)} onClose={close}
        >
          From now on nothing is counted for {asked.price.model} against budgets in money. What was used before keeps its price.
        </ConfirmDialog>
      )}
      {notices.place}
    </>
  );
}
