import type { Gateway } from '../api/Gateway.ts';
import { instant, list, number, object, oneOf, text } from '../api/json.ts';

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
  readonly state: 'up' | 'draining';
  readonly computeProfile: string;
  readonly startedAt: Date | undefined;
  readonly models: readonly WorkerModel[];
}

export async function fetchWorkers(gateway: Gateway, signal?: AbortSignal): Promise<readonly Worker[]> {
  return workersFrom(await gateway.get('/admin/v1/workers', signal));
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
    state: oneOf(['up', 'draining'], worker['state'], 'up'),
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

/** The whole platform at one moment. */
export interface Totals {
  readonly workersUp: number;
  readonly workersDraining: number;
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
    modelsServing: new Set(models.filter((model) => model.state === 'serving').map((model) => model.name)).size,
    queued: sum((model) => model.queued),
    running: sum((model) => model.running),
    tokensPerSecond: sum((model) => model.tokensPerSecond),
    kvUsedTokens: sum((model) => model.kvUsedTokens),
    kvCapacityTokens: sum((model) => model.kvCapacityTokens),
  };
}
