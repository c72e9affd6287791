/** Geometry of a time chart: pure, so that it can be tested without a browser. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

/** Round steps (1, 2, 5 times a power of ten) from zero to at least the largest value; about four of them. */
export function ticks(largest: number, wholeNumbers: boolean): readonly number[] {
  const raw = Math.max(largest, wholeNumbers ? 2 : 1) / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const round = ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
  const step = wholeNumbers ? Math.max(1, Math.round(round)) : round;
  const top = Math.ceil(Math.max(largest, step) / step - 1e-9);
  return Array.from({ length: top + 1 }, (_, i) => Number((i * step).toPrecision(12)));
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
