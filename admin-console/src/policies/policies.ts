import type { Gateway } from '../api/Gateway.ts';
import { instant, list, number, object, oneOf, optionalNumber, text, type Json } from '../api/json.ts';
import { everyPage } from '../api/pages.ts';
import { amount } from './words.ts';
import { limitKinds, type LimitKind, type Limits } from './limits.ts';

export type PolicyScope = 'tenant' | 'owner' | 'key';

/** How much a tenant, one of its owners or one of its keys may use. */
export interface Policy {
  readonly id: string;
  readonly tenant: string;
  readonly scope: PolicyScope;
  /** The owner's name or the key's id; empty for a tenant. */
  readonly subject: string;
  readonly limits: Limits;
  /** Who looks after it: one of the platform's a tenant's administrators see, and may only add to. */
  readonly keeper: 'platform' | 'tenant';
  readonly version: number;
}

/** How one limit stands at a moment. */
export interface Gauge {
  readonly kind: LimitKind;
  readonly limit: number;
  readonly used: number;
  /** What generations under way hold. */
  readonly reserved: number;
  readonly remaining: number;
  /** When it begins anew, or has all of it back; undefined where it frees itself as generations end. */
  readonly resetsAt: Date | undefined;
}

/** A policy and how it stands. */
export interface Quota {
  readonly policy: Policy;
  readonly gauges: readonly Gauge[];
}

const address = '/admin/v1/usage-policies';

export function policyFrom(json: unknown): Policy {
  const policy = object(json);
  const limits: Record<string, number> = {};
  for (const { name } of limitKinds) {
    const limit = optionalNumber(policy[name]);
    if (limit !== undefined) limits[name] = limit;
  }
  return {
    id: text(policy['id']),
    tenant: text(policy['tenant']),
    scope: oneOf(['tenant', 'owner', 'key'], policy['scope'], 'tenant'),
    subject: text(policy['subject']),
    limits,
    keeper: oneOf(['platform', 'tenant'], policy['keeper'], 'tenant'),
    version: number(policy['version']),
  };
}

/** @param now when the answer came, from which times that are told as a length are counted */
export function quotasFrom(json: unknown, now: Date): readonly Quota[] {
  return list(json).map((each) => {
    const quota = object(each);
    const policy = policyFrom(quota['policy']);
    return { policy, gauges: limitKinds.flatMap((kind) => gaugeOf(kind, policy.limits[kind.name], quota, now)) };
  });
}

function gaugeOf(kind: LimitKind, limit: number | undefined, quota: Json, now: Date): readonly Gauge[] {
  if (limit === undefined) return [];
  const { stands } = kind;
  if (stands.by === 'running') {
    const used = number(quota['running']);
    return [{ kind, limit, used, reserved: 0, remaining: Math.max(0, limit - used), resetsAt: undefined }];
  }
  if (stands.by === 'rate') {
    const rate = object(quota[stands.of]);
    const remaining = Math.max(0, number(rate['remaining'], limit));
    return [{ kind, limit, used: Math.max(0, limit - remaining), reserved: 0, remaining, resetsAt: new Date(now.getTime() + number(rate['resetMillis'])) }];
  }
  if (stands.by === 'budget') {
    const budget = list(quota['budgets']).map(object).find((one) => one['period'] === stands.period && one['unit'] === stands.unit) ?? {};
    return [{
      kind, limit, used: number(budget['spent']), reserved: number(budget['reserved']), remaining: number(budget['remaining'], limit),
      resetsAt: instant(budget['resetsAt']),
    }];
  }
  return [];
}

export async function fetchQuotas(gateway: Gateway, tenant: string, signal?: AbortSignal): Promise<readonly Quota[]> {
  return quotasFrom(await everyPage(gateway, `/admin/v1/quotas?tenant=${encodeURIComponent(tenant)}`, signal), new Date());
}

export async function fetchPolicy(gateway: Gateway, id: string): Promise<Policy> {
  return policyFrom(await gateway.get(`${address}/${encodeURIComponent(id)}`));
}

export async function createPolicy(gateway: Gateway, { tenant, scope, subject, limits }: Omit<Policy, 'id' | 'keeper' | 'version'>): Promise<void> {
  await gateway.post(address, { tenant, scope, ...(scope === 'tenant' ? {} : { subject }), ...limits });
}

export async function changePolicy(gateway: Gateway, { id, version }: Policy, limits: Limits): Promise<void> {
  await gateway.put(`${address}/${encodeURIComponent(id)}`, limits, version);
}

export async function deletePolicy(gateway: Gateway, { id, version }: Policy): Promise<void> {
  await gateway.delete(`${address}/${encodeURIComponent(id)}`, version);
}

/** The limits as labels and amounts, in the order of their kinds. */
export function limitFacts({ limits }: Pick<Policy, 'limits'>): readonly (readonly [string, string])[] {
  return limitKinds.map((kind) => [kind.label, limits[kind.name] === undefined ? 'no limit' : amount(kind.unit, limits[kind.name] ?? 0)] as const);
}
