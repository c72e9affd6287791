import type { Gateway } from '../api/Gateway.ts';
import { list, number, object, text } from '../api/json.ts';

/** What a million tokens of a model cost. */
export interface Price {
  readonly model: string;
  readonly inputPerMillion: number;
  /** Of prompt tokens found in the prefix cache. */
  readonly cachedPerMillion: number;
  readonly outputPerMillion: number;
  readonly version: number;
}

export type PriceWish = Pick<Price, 'inputPerMillion' | 'cachedPerMillion' | 'outputPerMillion'>;

const address = '/admin/v1/prices';

export function pricesFrom(json: unknown): readonly Price[] {
  return list(object(json)['data']).map((each) => {
    const price = object(each);
    return {
      model: text(price['model']),
      inputPerMillion: number(price['inputPerMillion']),
      cachedPerMillion: number(price['cachedPerMillion']),
      outputPerMillion: number(price['outputPerMillion']),
      version: number(price['version']),
    };
  });
}

export async function fetchPrices(gateway: Gateway, signal?: AbortSignal): Promise<readonly Price[]> {
  return pricesFrom(await gateway.get(address, signal));
}

/** @param version that is changed; undefined for a model without a price */
export async function setPrice(gateway: Gateway, model: string, wish: PriceWish, version: number | undefined): Promise<void> {
  await gateway.put(at(model), wish, version);
}

export async function removePrice(gateway: Gateway, { model, version }: Price): Promise<void> {
  await gateway.delete(at(model), version);
}

/** A model's name may hold slashes, which the address keeps. */
function at(model: string): string {
  return `${address}/${model.split('/').map(encodeURIComponent).join('/')}`;
}
