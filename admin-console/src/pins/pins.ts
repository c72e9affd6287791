import type { Gateway } from '../api/Gateway.ts';
import { instant, list, number, object, text } from '../api/json.ts';

/** How far one worker is with a pinned prompt. */
export interface PinProgress {
  readonly worker: string;
  /** How many tokens could be pinned, and are. */
  readonly tokens: number;
  readonly pinnedTokens: number;
  /** Why fewer are pinned; else empty. */
  readonly detail: string;
}

/** A system prompt that workers keep computed. */
export interface Pin {
  readonly id: string;
  readonly model: string;
  readonly system: string;
  readonly createdAt: Date | undefined;
  readonly version: number;
  readonly workers: readonly PinProgress[];
}

const address = '/admin/v1/pinned-prefixes';

export function pinsFrom(json: unknown): readonly Pin[] {
  return list(object(json)['data']).map((each) => {
    const pin = object(each);
    return {
      id: text(pin['id']),
      model: text(pin['model']),
      system: text(pin['system']),
      createdAt: instant(pin['createdAt']),
      version: number(pin['version']),
      workers: list(pin['workers']).map((one) => {
        const progress = object(one);
        return {
          worker: text(progress['worker']), tokens: number(progress['tokens']), pinnedTokens: number(progress['pinnedTokens']), detail: text(progress['detail']),
        };
      }),
    };
  });
}

export async function fetchPins(gateway: Gateway, signal?: AbortSignal): Promise<readonly Pin[]> {
  return pinsFrom(await gateway.get(address, signal));
}

export async function createPin(gateway: Gateway, model: string, system: string): Promise<void> {
  await gateway.post(address, { model, system });
}

/** Puts another text in the place of this version's. */
export async function changePin(gateway: Gateway, base: Pin, system: string): Promise<void> {
  await gateway.put(`${address}/${encodeURIComponent(base.id)}`, { system }, base.version);
}

export async function deletePin(gateway: Gateway, pin: Pin): Promise<void> {
  await gateway.delete(`${address}/${encodeURIComponent(pin.id)}`, pin.version);
}

/** A text on one line, cut where it is long. */
export function beginning(system: string): string {
  const line = system.replaceAll(/\s+/g, ' ').trim();
  return line.length <= 160 ? line : `${line.slice(0, 159)}…`;
}
