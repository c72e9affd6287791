import type { Gateway } from '../api/Gateway.ts';
import { instant, list, number, object, text } from '../api/json.ts';

/** The chain of what concerns no one tenant. */
export const platformChain = '@platform';

/** Something that was done, and its seal. */
export interface AuditEvent {
  readonly sequence: number;
  readonly at: Date | undefined;
  readonly actor: string;
  readonly origin: string;
  readonly address: string;
  readonly action: string;
  readonly subject: string;
  readonly status: number;
  readonly previous: string;
  readonly hash: string;
  readonly key: string;
  readonly signature: string;
}

export interface Chain {
  readonly tenant: string;
  readonly events: number;
}

/** Which events are looked for; what is empty does not matter. */
export interface AuditSearch {
  readonly tenant: string;
  readonly actor: string;
  readonly about: string;
  readonly from: string;
  readonly to: string;
}

export interface AuditPage {
  readonly events: readonly AuditEvent[];
  /** Where the next page begins; empty at the end. */
  readonly next: string;
}

/** How far a check of a chain has come: how many events are in order, and what is wrong after them; empty where nothing is. */
export interface ChainCheck {
  readonly tenant: string;
  readonly events: number;
  readonly hash: string;
  /** How many events there are. */
  readonly of: number;
  readonly fault: string;
  readonly isOver: boolean;
}

const address = '/admin/v1/audit';

export function auditPageFrom(json: unknown): AuditPage {
  const page = object(json);
  return {
    next: text(page['nextCursor']),
    events: list(page['data']).map((each) => {
      const event = object(each);
      return {
        sequence: number(event['sequence']),
        at: instant(event['at']),
        actor: text(event['actor']),
        origin: text(event['origin']),
        address: text(event['address']),
        action: text(event['action']),
        subject: text(event['subject']),
        status: number(event['status']),
        previous: text(event['previous']),
        hash: text(event['hash']),
        key: text(event['key']),
        signature: text(event['signature']),
      };
    }),
  };
}

/** The newest first. */
export async function fetchEvents(gateway: Gateway, search: AuditSearch, cursor: string, signal?: AbortSignal): Promise<AuditPage> {
  const asked = Object.entries({ ...search, order: 'newest', cursor }).filter(([, value]) => value !== '');
  return auditPageFrom(await gateway.get(`${address}?${new URLSearchParams(asked).toString()}`, signal));
}

export async function fetchChains(gateway: Gateway, signal?: AbortSignal): Promise<readonly Chain[]> {
  return list(object(await gateway.get(`${address}/chains`, signal))['data']).map((each) => {
    const chain = object(each);
    return { tenant: text(chain['tenant']), events: number(chain['events']) };
  });
}

/** Checks a chain stretch by stretch, since it may be long; tells after each how far it is. */
export async function* checkChain(gateway: Gateway, tenant: string, signal: AbortSignal): AsyncGenerator<ChainCheck> {
  let cursor = '';
  do {
    const asked = new URLSearchParams({ tenant, ...(cursor === '' ? {} : { cursor }) }).toString();
    const check = object(await gateway.get(`${address}/verify?${asked}`, signal));
    cursor = text(check['nextCursor']);
    yield {
      tenant, events: number(check['events']), hash: text(check['hash']), of: number(check['of']), fault: text(check['fault']), isOver: cursor === '',
    };
  } while (cursor !== '');
}

export async function fetchLines(gateway: Gateway, tenant: string): Promise<Blob> {
  return gateway.file(`${address}/export?tenant=${encodeURIComponent(tenant)}`);
}

export function chainName(tenant: string): string {
  return tenant === platformChain ? 'the platform itself' : tenant;
}

/** How an action ended, in a word. */
export function ending(status: number): 'done' | 'refused' | 'failed' {
  return status >= 500 ? 'failed' : status >= 400 ? 'refused' : 'done';
}
