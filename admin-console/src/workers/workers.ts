import type { Gateway } from '../api/Gateway.ts';
import { flag, instant, list, number, object, oneOf, text } from '../api/json.ts';

export const servingStates = ['loading', 'serving', 'draining', 'failed'] as const;
export type ServingState = (typeof servingStates)[number];

/** A model that one worker holds; token counts are totals since the worker started. */
export interface WorkerModel {
  readonly name: string;
  readonly state: ServingState;
  readonly detail: string;
  readonly dtype: string;
  readonly chatTemplate: string;
  readonly maxModelLen: number;
  readonly queued: number;
  readonly running: number;
  readonly kvUsedTokens: number;
  readonly kvCapacityTokens: number;
  readonly promptTokensTotal: number;
  readonly generatedTokensTotal: number;
  readonly preemptionsTotal: number;
  readonly tokensPerSecond: number;
}

export interface Worker {
  readonly id: string;
  readonly state: 'up' | 'draining' | 'drained';
  /** Whether an administrator drained it. One that takes nothing new because it ends cannot be resumed. */
  readonly drainWanted: boolean;
  readonly computeProfile: string;
  readonly startedAt: Date | undefined;
  readonly models: readonly WorkerModel[];
}

export async function fetchWorkers(gateway: Gateway, signal?: AbortSignal): Promise<readonly Worker[]> {
  return workersFrom(await gateway.get('/admin/v1/workers', signal));
}

export async function drain(gateway: Gateway, worker: string): Promise<void> {
  await gateway.post(`/admin/v1/workers/${encodeURIComponent(worker)}/drain`);
}

export async function resume(gateway: Gateway, worker: string): Promise<void> {
  await gateway.post(`/admin/v1/workers/${encodeURIComponent(worker)}/resume`);
}

export function workersFrom(json: unknown): readonly Worker[] {
  return list(object(json)['data'])
    .map(workerFrom)
    .sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
}

function workerFrom(json: unknown): Worker {
  const worker = object(json);
  return {
    id: text(worker['id']),
    state: oneOf(['up', 'draining', 'drained'], worker['state'], 'up'),
    drainWanted: flag(worker['drainWanted']),
    computeProfile: text(worker['computeProfile']),
    startedAt: instant(worker['startedAt']),
    models: list(worker['models'])
      .map(modelFrom)
      .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })),
  };
}

function modelFrom(json: unknown): WorkerModel {
  const model = object(json);
  return {
    name: text(model['name']),
    state: oneOf(servingStates, model['state'], 'loading'),
    detail: text(model['detail']),
    dtype: text(model['dtype']),
    chatTemplate: text(model['chatTemplate']),
    maxModelLen: number(model['maxModelLen']),
    queued: number(model['queued']),
    running: number(model['running']),
    kvUsedTokens: number(model['kvUsedTokens']),
    kvCapacityTokens: number(model['kvCapacityTokens']),
    promptTokensTotal: number(model['promptTokensTotal']),
    generatedTokensTotal: number(model['generatedTokensTotal']),
    preemptionsTotal: number(model['preemptionsTotal']),
    tokensPerSecond: number(model['tokensPerSecond']),
  };
}

/** The models that are answered by this worker and no other. */
export function servedOnlyBy(worker: Worker, workers: readonly Worker[]): readonly string[] {
  const serving = (one: Worker) => one.state !== 'up' ? [] : one.models.filter((model) => model.state === 'serving').map((model) => model.name);
  const elsewhere = new Set(workers.filter((one) => one.id !== worker.id).flatMap(serving));
  return serving(worker).filter((name) => !elsewhere.has(name));
}

/** The whole platform at one moment. */
export interface Totals {
  readonly workersUp: number;
  readonly workersDraining: number;
  readonly workersDrained: number;
  readonly modelsServing: number;
  readonly queued: number;
  readonly running: number;
  readonly tokensPerSecond: number;
  readonly kvUsedTokens: number;
  readonly kvCapacityTokens: number;
}

export function totalsOf(workers: readonly Worker[]): Totals {
  const models = workers.flatMap((worker) => worker.models);
  const sum = (of: (model: WorkerModel) => number): number => models.reduce((total, model) => total + of(model), 0);
  return {
    workersUp: workers.filter((worker) => worker.state === 'up').length,
    workersDraining: workers.filter((worker) => worker.state === 'draining').length,
    workersDrained: workers.filter((worker) => worker.state === 'drained').length,
    modelsServing: new Set(models.filter((model) => model.state === 'serving').map((model) => model.name)).size,
    queued: sum((model) => model.queued),
    running: sum((model) => model.running),
    tokensPerSecond: sum((model) => model.tokensPerSecond),
    kvUsedTokens: sum((model) => model.kvUsedTokens),
    kvCapacityTokens: sum((model) => model.kvCapacityTokens),
  };
}
