import type { Gateway } from '../api/Gateway.ts';
import { flag, list, number, object, oneOf, text } from '../api/json.ts';

export const modelStates = ['serving', 'loading', 'failed', 'stored', 'known'] as const;
export type ModelState = (typeof modelStates)[number];

/** Dimensions of a Llama-architecture decoder (Llama 2 paper, section 2.2 and table 1). */
export interface ModelShape {
  readonly layers: number;
  readonly dim: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly ffn: number;
  readonly vocabulary: number;
  readonly tiedEmbeddings: boolean;
}

/** A model the platform knows: from the catalogue, from a worker's store, or both. */
export interface Model {
  readonly name: string;
  readonly state: ModelState;
  readonly detail: string;
  readonly parameters: number;
  readonly contextLength: number;
  readonly shape: ModelShape | undefined;
  readonly dtype: string;
  readonly chatTemplate: string;
  readonly licence: string;
  readonly weights: string;
  readonly pullable: boolean;
  readonly placed: boolean;
  readonly workers: readonly string[];
}

export async function fetchModels(gateway: Gateway, signal?: AbortSignal): Promise<readonly Model[]> {
  return modelsFrom(await gateway.get('/admin/v1/models', signal));
}

export async function serve(gateway: Gateway, name: string): Promise<void> {
  await gateway.post(`/admin/v1/models/${encodeURIComponent(name)}/serve`);
}

export async function unserve(gateway: Gateway, name: string): Promise<void> {
  await gateway.post(`/admin/v1/models/${encodeURIComponent(name)}/unserve`);
}

/** Models in use first, then what could be used, then the catalogue; by name within each. */
export function modelsFrom(json: unknown): readonly Model[] {
  return list(object(json)['data'])
    .map(modelFrom)
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'en', { numeric: true }));
}

function rank(model: Model): number {
  return model.placed ? -1 : modelStates.indexOf(model.state);
}

function modelFrom(json: unknown): Model {
  const model = object(json);
  return {
    name: text(model['name']),
    state: oneOf(modelStates, model['state'], 'known'),
    detail: text(model['detail']),
    parameters: number(model['parameters']),
    contextLength: number(model['contextLength']),
    shape: shapeFrom(model['shape']),
    dtype: text(model['dtype']),
    chatTemplate: text(model['chatTemplate']),
    licence: text(model['licence']),
    weights: text(model['weights']),
    pullable: flag(model['pullable']),
    placed: flag(model['placed']),
    workers: list(model['workers']).map((worker) => text(worker)),
  };
}

function shapeFrom(json: unknown): ModelShape | undefined {
  const shape = object(json);
  if (number(shape['layers']) === 0) return undefined;
  return {
    layers: number(shape['layers']),
    dim: number(shape['dim']),
    heads: number(shape['heads']),
    kvHeads: number(shape['kvHeads']),
    headDim: number(shape['headDim']),
    ffn: number(shape['ffn']),
    vocabulary: number(shape['vocabulary']),
    tiedEmbeddings: flag(shape['tiedEmbeddings']),
  };
}

/** The name in a licence note: "Apache License 2.0" of "Apache License 2.0." and all before a semicolon. */
export function licenceName(licence: string): string {
  return (licence.split(';')[0] ?? '').trim().replace(/\.$/, '');
}

/** What an administrator can do about a model from here. */
export type ModelAction = 'serve' | 'unserve' | 'add';

export function actionFor(model: Model): ModelAction {
  if (model.placed) return 'unserve';
  return model.state === 'known' ? 'add' : 'serve';
}
