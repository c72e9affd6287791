/**
 * Reading of JSON that came over the wire. What the gateway leaves out or tells as null gets a plain default
 * here, once, so that everything behind this file holds complete values.
 */
export type Json = Readonly<Record<string, unknown>>;

export function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown, otherwise = ''): string {
  return typeof value === 'string' ? value : otherwise;
}

/** Texts of an array; undefined when there is no array, which some fields mean differently from an empty one. */
export function words(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.map((word) => text(word)) : undefined;
}

/** A number, or undefined where there is none. */
export function optionalNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function number(value: unknown, otherwise = 0): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
}

export function flag(value: unknown): boolean {
  return value === true;
}

/** An instant as ISO 8601 text or epoch milliseconds; undefined when it is neither. */
export function instant(value: unknown): Date | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The word when it is one of the known ones. */
export function oneOf<T extends string>(known: readonly T[], value: unknown, otherwise: T): T {
  return known.find((word) => word === value) ?? otherwise;
}

export function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}
