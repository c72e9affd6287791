import { count, duration, money } from '../ui/format.ts';
import type { LimitKind } from './limits.ts';
import type { Gauge, Policy } from './policies.ts';

/** An amount without its unit. */
export function amount(unit: LimitKind['unit'], value: number): string {
  return unit === 'money' ? money(value) : count(value);
}

/** Whom a policy binds: members and keys by their names, where these are known by the subject. */
export function bound({ scope, subject, tenant }: Policy, names: ReadonlyMap<string, string>): string {
  const name = names.get(subject) ?? subject;
  return scope === 'tenant' ? `All of ${tenant}` : scope === 'owner' ? `Member ${name}` : `Key ${name}`;
}

/** When a limit is free again: "resets in 3 h 12 min". */
export function resets({ resetsAt, kind, used }: Gauge, now: Date): string {
  if (resetsAt === undefined) return '';
  const left = resetsAt.getTime() - now.getTime();
  if (kind.stands.by === 'rate') return used === 0 || left <= 0 ? '' : `full again in ${duration(Math.max(1000, left))}`;
  return left <= 0 ? 'resets now' : `resets in ${duration(left)}`;
}
