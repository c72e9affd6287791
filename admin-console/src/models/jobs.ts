import type { Gateway } from '../api/Gateway.ts';
import { instant, list, number, object, oneOf, text } from '../api/json.ts';

export const jobStates = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof jobStates)[number];

/** A model on its way into a worker's store. */
export interface ModelJob {
  readonly id: string;
  readonly model: string;
  readonly worker: string;
  readonly state: JobState;
  readonly phase: string;
  readonly doneBytes: number;
  /** 0 where that is not known. */
  readonly totalBytes: number;
  /** Why it failed; else empty. */
  readonly detail: string;
  readonly startedAt: Date | undefined;
}

/** What a model is to be made from. */
export interface ModelOrder {
  readonly name: string;
  /** Within the import folder; without one it is downloaded. */
  readonly path?: string;
  readonly dtype?: string;
  readonly chatTemplate?: string;
  readonly worker?: string;
}

const address = '/admin/v1/model-jobs';

export async function fetchJobs(gateway: Gateway, signal?: AbortSignal): Promise<readonly ModelJob[]> {
  return jobsFrom(await gateway.get(address, signal));
}

export async function addModel(gateway: Gateway, order: ModelOrder): Promise<void> {
  await gateway.post('/admin/v1/models', order);
}

export async function cancelJob(gateway: Gateway, job: ModelJob): Promise<void> {
  await gateway.post(`${address}/${encodeURIComponent(job.id)}/cancel`);
}

export async function removeModel(gateway: Gateway, name: string): Promise<void> {
  await gateway.delete(`/admin/v1/models/${encodeURIComponent(name)}`);
}

export function isOver(job: ModelJob): boolean {
  return job.state !== 'waiting' && job.state !== 'running';
}

export function jobsFrom(json: unknown): readonly ModelJob[] {
  return list(object(json)['data']).map((each) => {
    const job = object(each);
    return {
      id: text(job['id']),
      model: text(job['model']),
      worker: text(job['worker']),
      state: oneOf(jobStates, job['state'], 'waiting'),
      phase: text(job['phase']),
      doneBytes: number(job['doneBytes']),
      totalBytes: number(job['totalBytes']),
      detail: text(job['detail']),
      startedAt: instant(job['startedAt']),
    };
  });
}

/** Those under way, as they were asked for, then the few that ended last. */
export function shownJobs(jobs: readonly ModelJob[], mostOver: number): readonly ModelJob[] {
  const since = (job: ModelJob) => job.startedAt?.getTime() ?? 0;
  const over = jobs.filter(isOver).sort((a, b) => since(b) - since(a)).slice(0, mostOver);
  return [...jobs.filter((job) => !isOver(job)).sort((a, b) => since(a) - since(b)), ...over];
}
