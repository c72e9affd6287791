/** Geometry of a time chart: pure, so that it can be tested without a browser. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

/** Round steps (1, 2, 5 times a power of ten) from zero to at least the largest value; about four of them. */
export function ticks(largest: number, wholeNumbers: boolean): readonly number[] {
  // Four at least, so that an idle platform has a calm axis.
  const least = Math.max(largest, 4);
  const raw = least / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const round = ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
  const step = wholeNumbers ? Math.max(1, Math.round(round)) : round;
  const top = Math.ceil(least / step - 1e-9);
  return Array.from({ length: top + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** A window of time, in milliseconds, and the ages at which it is labelled. */
export interface Window {
  readonly span: number;
  readonly labels: readonly number[];
}

/** Short while little is known, so that the first minute fills the chart; then minute by minute up to the most. */
export function windowFor(known: number, most: number): Window {
  const span = Math.min(most, Math.max(60_000, Math.ceil(known / 60_000) * 60_000));
  const step = span <= 60_000 ? 15_000 : span <= 120_000 ? 30_000 : 60_000;
  return { span, labels: Array.from({ length: Math.floor(span / step) + 1 }, (_, i) => i * step) };
}

/** How long ago, as an axis says it. */
export function age(ms: number): string {
  if (ms === 0) return 'now';
  return ms % 60_000 === 0 ? `−${ms / 60_000} min` : `−${ms / 1000} s`;
}

/** Splits the points where nothing was seen for longer than the gap: a line must not claim what nobody measured. */
export function runs(points: readonly Point[], gap: number): readonly (readonly Point[])[] {
  const found: Point[][] = [];
  let last: Point | undefined;
  for (const point of points) {
    const run = found.at(-1);
    if (run === undefined || last === undefined || point.at - last.at > gap) found.push([point]);
    else run.push(point);
    last = point;
  }
  return found;
}

/** The point nearest in time. */
export function nearest(points: readonly Point[], at: number): Point | undefined {
  return points.reduce<Point | undefined>(
    (best, point) => (best === undefined || Math.abs(point.at - at) < Math.abs(best.at - at) ? point : best),
    undefined,
  );
}
