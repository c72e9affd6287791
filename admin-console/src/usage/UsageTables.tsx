import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { count, money } from '../ui/format.ts';
import { usePaging } from '../ui/paging.tsx';
import type { DailySeries, UsageSum } from './usage.ts';

interface SumsTableProps {
  readonly sums: readonly UsageSum[];
  /** What each row is, such as "Model". */
  readonly label: string;
  readonly nameOf: (name: string) => string;
}

/** What each model, key, owner or tenant has used in the whole stretch. */
export function SumsTable({ sums, label, nameOf }: SumsTableProps) {
  const { shown, turner } = usePaging(sums, 'usage');
  return (
    <>
      <Table aria-label={`Usage by ${label.toLowerCase()}`} variant="compact" gridBreakPoint="grid-md">
        <Thead>
          <Tr>
            <Th>{label}</Th>
            <Th className="alti-number">Generations</Th>
            <Th className="alti-number">Tokens in</Th>
            <Th className="alti-number" modifier="nowrap">of them cached</Th>
            <Th className="alti-number">Tokens out</Th>
            <Th className="alti-number">Money</Th>
          </Tr>
        </Thead>
        <Tbody>
          {shown.map((sum) => (
            <Tr key={sum.name}>
              <Td dataLabel={label}><span className="alti-strong">{nameOf(sum.name)}</span></Td>
              <Td dataLabel="Generations" className="alti-number">{count(sum.generations)}</Td>
              <Td dataLabel="Tokens in" className="alti-number">{count(sum.tokensIn)}</Td>
              <Td dataLabel="of them cached" className="alti-number">{count(sum.tokensCached)}</Td>
              <Td dataLabel="Tokens out" className="alti-number">{count(sum.tokensOut)}</Td>
              <Td dataLabel="Money" className="alti-number">{money(sum.money)}</Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
      {turner}
    </>
  );
}

interface DaysTableProps {
  readonly title: string;
  readonly days: readonly string[];
  readonly series: readonly DailySeries[];
  readonly nameOf: (name: string) => string;
  readonly format: (value: number) => string;
}

/** The figures of the chart. Days on which nothing was used are left out. */
export function DaysTable({ title, days, series, nameOf, format }: DaysTableProps) {
  const used = days.map((day, at) => ({ day, values: series.map((each) => each.values[at] ?? 0) })).filter(({ values }) => values.some((value) => value > 0));
  return (
    <div className="alti-scroll" role="region" aria-label={title} tabIndex={0}>
      <Table aria-label={title} variant="compact" gridBreakPoint="">
        <Thead>
          <Tr>
            <Th>Day (UTC)</Th>
            {series.map((each) => <Th key={each.name} className="alti-number" modifier="nowrap">{nameOf(each.name)}</Th>)}
          </Tr>
        </Thead>
        <Tbody>
          {used.map(({ day, values }) => (
            <Tr key={day}>
              <Td modifier="nowrap">{day}</Td>
              {values.map((value, i) => <Td key={series[i]?.name} className="alti-number">{format(value)}</Td>)}
            </Tr>
          ))}
        </Tbody>
      </Table>
    </div>
  );
}
