import type { Gateway } from '../api/Gateway.ts';
import { flag, list, number, object, text } from '../api/json.ts';
import { quotasFrom, type Quota } from '../policies/policies.ts';

export const groups = ['model', 'key', 'owner', 'tenant'] as const;
export type Group = (typeof groups)[number];

/** What a group of generations has used. */
export interface UsageSum {
  readonly day: string;
  /** The model, key, owner or tenant, as was asked for. */
  readonly name: string;
  readonly generations: number;
  readonly tokensIn: number;
  readonly tokensCached: number;
  readonly tokensOut: number;
  readonly money: number;
}

export interface Usage {
  readonly sums: readonly UsageSum[];
  /** Whether there are more groups than were told. */
  readonly truncated: boolean;
}

/** What is asked of the ledger; days are of UTC, such as 2026-01-31. */
export interface UsageQuestion {
  readonly tenant: string;
  readonly from: string;
  readonly to: string;
}

export function usageFrom(json: unknown, group: Group): Usage {
  const usage = object(json);
  return {
    truncated: flag(usage['truncated']),
    sums: list(usage['data']).map((each) => {
      const sum = object(each);
      return {
        day: text(sum['day']),
        name: text(sum[group]),
        generations: number(sum['generations']),
        tokensIn: number(sum['tokensIn']),
        tokensCached: number(sum['tokensCached']),
        tokensOut: number(sum['tokensOut']),
        money: number(sum['money']),
      };
    }),
  };
}

export async function fetchUsage(gateway: Gateway, question: UsageQuestion, by: 'each' | 'day', group: Group, signal?: AbortSignal): Promise<Usage> {
  return usageFrom(await gateway.get(`/admin/v1/usage?${query(question, by, group)}`, signal), group);
}

export async function fetchUsageTable(gateway: Gateway, question: UsageQuestion, group: Group): Promise<Blob> {
  return gateway.file(`/admin/v1/usage.csv?${query(question, 'day', group)}`);
}

export interface OwnUsage {
  readonly usage: Usage;
  readonly quotas: readonly Quota[];
}

export async function fetchOwnUsage(gateway: Gateway, from: string, to: string, group: Group, signal?: AbortSignal): Promise<OwnUsage> {
  const json = await gateway.get(`/v1/usage?${query({ tenant: '', from, to }, 'day', group)}`, signal);
  return { usage: usageFrom(json, group), quotas: quotasFrom(object(json)['quotas'], new Date()) };
}

function query({ tenant, from, to }: UsageQuestion, by: 'each' | 'day', group: Group): string {
  return new URLSearchParams({
    ...(tenant === '' ? {} : { tenant }), from, to, group: by === 'day' ? `day,${group}` : group,
  }).toString();
}

export const measures = ['tokens', 'generations', 'money'] as const;
export type Measure = (typeof measures)[number];

export function measured(sum: UsageSum, measure: Measure): number {
  return measure === 'tokens' ? sum.tokensIn + sum.tokensOut : sum[measure];
}

/** Adds up sums; the day and the name are the first one's. */
export function total(sums: readonly UsageSum[]): UsageSum {
  const nothing: UsageSum = { day: sums[0]?.day ?? '', name: sums[0]?.name ?? '', generations: 0, tokensIn: 0, tokensCached: 0, tokensOut: 0, money: 0 };
  return sums.reduce((all, sum) => ({
    ...all,
    generations: all.generations + sum.generations,
    tokensIn: all.tokensIn + sum.tokensIn,
    tokensCached: all.tokensCached + sum.tokensCached,
    tokensOut: all.tokensOut + sum.tokensOut,
    money: all.money + sum.money,
  }), nothing);
}

/** One sum for each name, the largest first. */
export function byName(sums: readonly UsageSum[], measure: Measure): readonly UsageSum[] {
  const names = new Map<string, UsageSum[]>();
  for (const sum of sums) names.set(sum.name, [...(names.get(sum.name) ?? []), sum]);
  return [...names.values()].map(total).sort((a, b) => measured(b, measure) - measured(a, measure) || a.name.localeCompare(b.name, 'en'));
}

/** Values of a name, one for each day of a stretch. */
export interface DailySeries {
  readonly name: string;
  readonly values: readonly number[];
}

export const others = 'All others';

/** The largest names with a value for every day, and the rest together. */
export function seriesOf(sums: readonly UsageSum[], days: readonly string[], measure: Measure, most: number): readonly DailySeries[] {
  const names = byName(sums, measure).filter((sum) => measured(sum, measure) > 0).map((sum) => sum.name);
  const own = new Set(names.length > most ? names.slice(0, most - 1) : names);
  const rest = names.length > own.size;
  return [...own, ...(rest ? [others] : [])].map((name) => ({
    name,
    values: days.map((day) => sums
      .filter((sum) => sum.day === day && (own.has(sum.name) ? sum.name === name : rest && name === others))
      .reduce((sum, one) => sum + measured(one, measure), 0)),
  }));
}

const dayMillis = 86_400_000;

export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** All days of a stretch, both ends among them; at most as many as a chart can show. */
export function daysBetween(from: string, to: string, most = 400): readonly string[] {
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to) && days.length < most; at += dayMillis) days.push(dayOf(new Date(at)));
  return days;
}

/** The stretches that are asked for most, as their first and last day. */
export function stretches(now: Date): readonly (readonly [label: string, from: string, to: string])[] {
  const today = dayOf(now);
  const back = (days: number): string => dayOf(new Date(now.getTime() - days * dayMillis));
  const lastMonth = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 0));
  return [
    ['This month', `${today.slice(0, 7)}-01`, today],
    ['Last month', `${dayOf(lastMonth).slice(0, 7)}-01`, dayOf(lastMonth)],
    ['Last 7 days', back(6), today],
    ['Last 30 days', back(29), today],
  ];
}
