import { useEffect, useRef, useState } from 'react';
import { age, nearest, runs, ticks, windowFor, type Point } from './chart.ts';

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

interface TimeChartProps {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly Series[];
  /** The longest stretch of time shown, in milliseconds; the right edge is the newest point. */
  readonly most: number;
  /** A pause longer than this, in milliseconds, interrupts the line. */
  readonly gap: number;
  readonly format: (value: number) => string;
  readonly wholeNumbers?: boolean;
}

const height = 200;
const margin = { top: 12, right: 12, bottom: 26, left: 44 };

/** Values over the last minutes: the first series as an area, a second one as a line. Read by eye, pointer or screen reader. */
export function TimeChart({ title, unit, series, most, gap, format, wholeNumbers = false }: TimeChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [pointed, setPointed] = useState<number>();
  useEffect(() => {
    if (frame.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);

  const now = Math.max(0, ...series.map((each) => each.points.at(-1)?.at ?? 0));
  const oldest = Math.min(now, ...series.map((each) => each.points[0]?.at ?? now));
  const { span, labels } = windowFor(now - oldest, most);
  const scale = ticks(Math.max(0, ...series.flatMap((each) => each.points.map((point) => point.value))), wholeNumbers);
  const top = scale.at(-1) ?? 1;
  const x = (at: number): number => width - margin.right - ((now - at) / span) * (width - margin.left - margin.right);
  const y = (value: number): number => height - margin.bottom - (value / top) * (height - margin.top - margin.bottom);
  const line = (run: readonly Point[]): string => run.map((p, i) => `${i === 0 ? 'M' : 'L'}${x(p.at).toFixed(1)} ${y(p.value).toFixed(1)}`).join('');
  const area = (run: readonly Point[]): string =>
    `${line(run)}L${x(run.at(-1)?.at ?? now).toFixed(1)} ${y(0)}L${x(run[0]?.at ?? now).toFixed(1)} ${y(0)}Z`;
  const shown = pointed === undefined ? now : (nearest(series[0]?.points ?? [], pointed)?.at ?? now);
  const values = series.map((each) => ({ name: each.name, value: nearest(each.points, shown)?.value ?? 0 }));
  const seconds = Math.round((now - shown) / 1000);

  return (
    <div ref={frame} className="alti-chart">
      <ul className="alti-chart-legend" aria-label={`${title}, ${seconds === 0 ? 'now' : `${seconds} seconds ago`}`}>
        {values.map((each, i) => (
          <li key={each.name}>
            <span className={`alti-chart-key alti-chart-key-${i}`} aria-hidden="true" />
            {each.name} <strong>{format(each.value)}</strong>
          </li>
        ))}
        <li className="alti-chart-when">{seconds === 0 ? 'now' : `${seconds} s ago`}</li>
      </ul>
      {width > 0 && (
        <svg
          width={width} height={height} role="img" aria-label={summary(title, unit, series, format)}
          onPointerMove={(event) => {
            const left = event.currentTarget.getBoundingClientRect().left;
            setPointed(now - ((width - margin.right - (event.clientX - left)) / (width - margin.left - margin.right)) * span);
          }}
          onPointerLeave={() => setPointed(undefined)}
        >
          {scale.map((value) => (
            <g key={value}>
              <line x1={margin.left} x2={width - margin.right} y1={y(value)} y2={y(value)} className="alti-chart-grid" />
              <text x={margin.left - 8} y={y(value)} dy="0.32em" textAnchor="end">{value.toLocaleString('en')}</text>
            </g>
          ))}
          {labels.map((ago, i) => (
            <text key={ago} x={x(now - ago)} y={height - 6} textAnchor={i === 0 ? 'end' : i === labels.length - 1 ? 'start' : 'middle'}>
              {age(ago)}
            </text>
          ))}
          {series.map((each, i) => (
            <g key={each.name} className={`alti-chart-series-${i}`}>
              {runs(each.points, gap).map((run) => (
                <g key={run[0]?.at}>
                  {i === 0 && <path d={area(run)} className="alti-chart-area" />}
                  <path d={line(run)} className="alti-chart-line" />
                </g>
              ))}
            </g>
          ))}
          {pointed !== undefined && (
            <line x1={x(shown)} x2={x(shown)} y1={margin.top} y2={height - margin.bottom} className="alti-chart-pointer" />
          )}
        </svg>
      )}
    </div>
  );
}

function summary(title: string, unit: string, series: readonly Series[], format: (value: number) => string): string {
  const parts = series.map((each) => {
    const values = each.points.map((point) => point.value);
    return `${each.name.toLowerCase()} now ${format(values.at(-1) ?? 0)}, at most ${format(Math.max(0, ...values))}`;
  });
  return `${title} over the last minutes in ${unit}: ${parts.join('; ')}`;
}
