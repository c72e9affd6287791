// Each from its own folder: the index would bring charts of every kind, and ask for the packages that they need.
import { Chart } from '@patternfly/react-charts/dist/esm/victory/components/Chart/Chart';
import { ChartAxis } from '@patternfly/react-charts/dist/esm/victory/components/ChartAxis/ChartAxis';
import { ChartBar } from '@patternfly/react-charts/dist/esm/victory/components/ChartBar/ChartBar';
import { ChartContainer } from '@patternfly/react-charts/dist/esm/victory/components/ChartContainer/ChartContainer';
import { ChartStack } from '@patternfly/react-charts/dist/esm/victory/components/ChartStack/ChartStack';
import { ChartTooltip } from '@patternfly/react-charts/dist/esm/victory/components/ChartTooltip/ChartTooltip';
import { useEffect, useRef, useState } from 'react';
import { compact } from '../ui/format.ts';
import type { DailySeries } from './usage.ts';

interface UsageChartProps {
  /** What is shown, such as "Tokens by model". */
  readonly title: string;
  readonly days: readonly string[];
  readonly series: readonly DailySeries[];
  readonly nameOf: (name: string) => string;
  readonly format: (value: number) => string;
}

const height = 260;
const axis = {
  axis: { stroke: 'var(--pf-t--global--border--color--default)' },
  grid: { stroke: 'var(--pf-t--global--border--color--subtle)' },
  ticks: { stroke: 'transparent' },
  tickLabels: { fill: 'var(--pf-t--global--text--color--subtle)', fontSize: 12, padding: 6 },
};
const month = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** Stacked bars, one a day. The same figures are in the table that stands beside it. */
export function UsageChart({ title, days, series, nameOf, format }: UsageChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (frame.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);

  const every = Math.max(1, Math.ceil(days.length / Math.max(2, Math.floor(width / 90))));
  const labelled = days.filter((_, i) => i % every === 0);
  const bar = Math.max(2, Math.min(36, (0.7 * (width - 90)) / Math.max(1, days.length)));
  const top = Math.max(...days.map((_, i) => series.reduce((sum, each) => sum + (each.values[i] ?? 0), 0)), 0);
  return (
    <div ref={frame} className="alti-chart">
      <ul className="alti-chart-legend alti-chart-legend-wide" aria-label={`${title}: colours`}>
        {series.map((each, i) => (
          <li key={each.name}>
            <span className="alti-swatch" style={{ background: colour(i) }} aria-hidden="true" />
            {nameOf(each.name)}
          </li>
        ))}
      </ul>
      {width > 0 && (
        <Chart
          height={height} width={width} padding={{ top: 16, right: 16, bottom: 34, left: 56 }} domainPadding={{ x: bar / 2 + 4 }}
          domain={{ y: [0, top === 0 ? 1 : top * 1.05] }} categories={{ x: [...days] }}
          containerComponent={<ChartContainer responsive={false} title={title} desc={`${title}, from ${days[0] ?? ''} to ${days.at(-1) ?? ''}`} />}
        >
          <ChartAxis tickValues={labelled} tickFormat={(day: string) => month.format(new Date(day))} style={{ ...axis, grid: { stroke: 'none' } }} />
          <ChartAxis dependentAxis showGrid tickFormat={(value: number) => compact(value)} tickCount={5} style={axis} />
          <ChartStack>
            {series.map((each, i) => (
              <ChartBar
                key={each.name} barWidth={bar} style={{ data: { fill: colour(i), stroke: 'var(--pf-t--global--background--color--primary--default)', strokeWidth: 1 } }}
                data={days.map((day, at) => ({ x: day, y: each.values[at] ?? 0, label: `${month.format(new Date(day))}\n${nameOf(each.name)}: ${format(each.values[at] ?? 0)}` }))}
                labelComponent={<ChartTooltip constrainToVisibleArea />}
              />
            ))}
          </ChartStack>
        </Chart>
      )}
    </div>
  );
}

function colour(series: number): string {
  return `var(--alti-series-${series})`;
}

/** As many as there are colours that can be told apart. */
export const mostSeries = 6;
