/** Numbers as people read them. English throughout, like the rest of the console. */
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

export const nothing = '–';

export function count(value: number): string {
  return whole.format(value);
}

/** 6.74B for 6,738,415,616. */
export function compact(value: number): string {
  return short.format(value);
}

/** 1.5 GiB, 640 MiB, 12 KiB. */
export function bytes(amount: number): string {
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let value = amount / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value >= 10 ? whole.format(value) : value.toFixed(1)} ${units[unit]}`;
}

/** A rate: one decimal below a hundred, none above. */
export function rate(perSecond: number): string {
  return perSecond >= 100 ? whole.format(perSecond) : perSecond.toFixed(1);
}

/** 120 ms, 1.35 s, 75 s. */
export function milliseconds(value: number): string {
  if (value < 1000) return `${Math.round(value)} ms`;
  return value < 10_000 ? `${(value / 1000).toFixed(2)} s` : `${Math.round(value / 1000)} s`;
}

/** The share in percent; anything used shows as at least one percent, and only a full thing as a hundred. */
export function percent(part: number, of: number): number {
  if (of <= 0 || part <= 0) return 0;
  if (part >= of) return 100;
  return Math.min(99, Math.max(1, Math.round((100 * part) / of)));
}

/** The two largest units: 3 d 4 h, 12 min 5 s. */
export function duration(ms: number): string {
  let rest = Math.max(0, Math.floor(ms / 1000));
  const parts: string[] = [];
  for (const [unit, seconds] of [['d', 86_400], ['h', 3600], ['min', 60], ['s', 1]] as const) {
    const amount = Math.floor(rest / seconds);
    rest -= amount * seconds;
    if (amount > 0 || parts.length > 0) parts.push(`${amount} ${unit}`);
  }
  return parts.length === 0 ? '0 s' : parts.slice(0, 2).join(' ');
}

export function plural(amount: number, one: string, many = `${one}s`): string {
  return `${count(amount)} ${amount === 1 ? one : many}`;
}

const dayForm = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const momentForm = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit',
});

/** 3 Mar 2026, where the reader is. */
export function day(date: Date): string {
  return dayForm.format(date);
}

/** 3 Mar 2026, 14:05:09, where the reader is. */
export function moment(date: Date): string {
  return momentForm.format(date);
}

/** An amount: two decimals, or as many as a small one needs to show its first two figures. */
export function money(amount: number): string {
  const places = amount === 0 || Math.abs(amount) >= 0.1 ? 2 : Math.min(9, 1 - Math.floor(Math.log10(Math.abs(amount))));
  return new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: places }).format(amount);
}
