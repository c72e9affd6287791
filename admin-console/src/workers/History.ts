import type { Totals } from './workers.ts';

/** Totals as seen at one instant, in epoch milliseconds. */
export interface Sample {
  readonly at: number;
  readonly totals: Totals;
}

/** Owns the last minutes of samples, oldest first. Each change makes a new array, so a reader may compare by identity. */
export class History {
  readonly span: number;
  private kept: readonly Sample[] = [];

  /** @param span how long a sample is kept, in milliseconds */
  constructor(span: number) {
    this.span = span;
  }

  samples(): readonly Sample[] {
    return this.kept;
  }

  add(at: number, totals: Totals): void {
    this.kept = [...this.kept.filter((sample) => sample.at > at - this.span && sample.at < at), { at, totals }];
  }

  clear(): void {
    this.kept = [];
  }
}
