import { Card, CardBody, CardHeader, CardTitle, ToggleGroup, ToggleGroupItem } from '@patternfly/react-core';
import { useState } from 'react';
import { compact, count, money } from '../ui/format.ts';
import { daysBetween, measures, seriesOf, total, type Measure, type Usage } from './usage.ts';
import { mostSeries, UsageChart } from './UsageChart.tsx';
import { DaysTable } from './UsageTables.tsx';

interface DailyUsageProps {
  readonly usage: Usage;
  readonly from: string;
  readonly to: string;
  /** By what it is split, such as "model". */
  readonly by: string;
  readonly measure: Measure;
  readonly onMeasure: (measure: Measure) => void;
  readonly nameOf: (name: string) => string;
}

const words: Record<Measure, string> = { tokens: 'Tokens', generations: 'Generations', money: 'Money' };

export function inMeasure(measure: Measure, value: number): string {
  return measure === 'money' ? money(value) : count(value);
}

/** What was used day by day, as a chart or as its table. */
export function DailyUsage({ usage, from, to, by, measure, onMeasure, nameOf }: DailyUsageProps) {
  const [asTable, setAsTable] = useState(false);
  const days = daysBetween(from, to);
  const series = seriesOf(usage.sums, days, measure, mostSeries);
  const title = `${words[measure]} by ${by}`;
  const format = (value: number): string => inMeasure(measure, value);
  return (
    <Card component="section" aria-labelledby="daily-usage">
      <CardHeader className="alti-card-tools">
        <CardTitle component="h2" id="daily-usage">{title} <span className="alti-unit">a day, in UTC</span></CardTitle>
        <div className="alti-tools">
          <ToggleGroup aria-label="What is measured" isCompact>
            {measures.map((each) => (
              <ToggleGroupItem key={each} buttonId={`measure-${each}`} text={words[each]} isSelected={measure === each} onChange={() => onMeasure(each)} />
            ))}
          </ToggleGroup>
          <ToggleGroup aria-label="Chart or table" isCompact>
            <ToggleGroupItem buttonId="as-chart" text="Chart" isSelected={!asTable} onChange={() => setAsTable(false)} />
            <ToggleGroupItem buttonId="as-table" text="Table" isSelected={asTable} onChange={() => setAsTable(true)} />
          </ToggleGroup>
        </div>
      </CardHeader>
      <CardBody>
        {series.length === 0 ? <p className="alti-note">Nothing of it in this time.</p>
          : asTable ? <DaysTable title={title} days={days} series={series} nameOf={nameOf} format={format} />
            : <UsageChart title={title} days={days} series={series} nameOf={nameOf} format={format} />}
        {usage.truncated && <p className="alti-note">There are more than can be told at once: choose a shorter time. The figures here are not whole.</p>}
      </CardBody>
    </Card>
  );
}

/** What was used altogether. */
export function UsageTiles({ usage }: { usage: Usage }) {
  const all = total(usage.sums);
  const tiles = [
    ['Generations', compact(all.generations), ''],
    ['Tokens in', compact(all.tokensIn), `${compact(all.tokensCached)} of them cached`],
    ['Tokens out', compact(all.tokensOut), ''],
    ['Money', money(all.money), 'at the prices of the time'],
  ];
  return (
    <dl className="alti-tiles">
      {tiles.map(([label, value, note]) => (
        <div key={label} className="alti-tile">
          <dt>{label}</dt>
          <dd><span className="alti-tile-value">{value}</span><span className="alti-tile-note">{note}</span></dd>
        </div>
      ))}
    </dl>
  );
}
