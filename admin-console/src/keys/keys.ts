import type { Gateway } from '../api/Gateway.ts';
import { instant, list, object, text, words } from '../api/json.ts';
import { everyPage } from '../api/pages.ts';

/** What is kept of an API key; never its text. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  readonly owner: string;
  readonly last4: string;
  readonly scopes: readonly string[];
  readonly models: readonly string[] | undefined;
  readonly addresses: readonly string[] | undefined;
  readonly createdAt: Date | undefined;
  readonly expiresAt: Date | undefined;
  readonly lastUsedAt: Date | undefined;
  readonly revokedAt: Date | undefined;
  /** Id of the key that came in its stead; empty while none did. */
  readonly replacedBy: string;
}

/** A key just made, the only time that its text is known. */
export interface CreatedKey {
  readonly key: ApiKey;
  readonly secret: string;
}

export interface KeyWish {
  readonly name: string;
  readonly tenant: string;
  readonly scopes: readonly string[];
  readonly models: readonly string[] | undefined;
  readonly addresses: readonly string[];
  readonly expiresAt: Date | undefined;
}

/** What is looked for; a text that is empty looks for nothing. */
export interface KeySearch {
  readonly tenant: string;
  readonly about: string;
  readonly inUse: boolean;
}

export interface KeyPage {
  readonly keys: readonly ApiKey[];
  /** Where the next page begins; empty where there is none. */
  readonly next: string;
}

export type KeyState = 'active' | 'replaced' | 'expired' | 'revoked';

const address = '/admin/v1/api-keys';

export function keyFrom(json: unknown): ApiKey {
  const key = object(json);
  return {
    id: text(key['id']),
    name: text(key['name']),
    tenant: text(key['tenant']),
    owner: text(key['owner']),
    last4: text(key['last4']),
    scopes: words(key['scopes']) ?? [],
    models: words(key['models']),
    addresses: words(key['addresses']),
    createdAt: instant(key['createdAt']),
    expiresAt: instant(key['expiresAt']),
    lastUsedAt: instant(key['lastUsedAt']),
    revokedAt: instant(key['revokedAt']),
    replacedBy: text(key['replacedBy']),
  };
}

/** All that the caller sees. */
export async function fetchKeys(gateway: Gateway, signal?: AbortSignal): Promise<readonly ApiKey[]> {
  return (await everyPage(gateway, address, signal)).map(keyFrom);
}

/** The newest first. */
export async function fetchKeyPage(gateway: Gateway, search: KeySearch, cursor: string, signal?: AbortSignal): Promise<KeyPage> {
  const { tenant, about, inUse } = search;
  const asked = Object.entries({ tenant, about, inUse: String(inUse), cursor }).filter(([, value]) => value !== '');
  const page = object(await gateway.get(`${address}?${new URLSearchParams(asked).toString()}`, signal));
  return { keys: list(page['data']).map(keyFrom), next: text(page['nextCursor']) };
}

export async function createKey(gateway: Gateway, wish: KeyWish): Promise<CreatedKey> {
  return createdFrom(await gateway.post(address, {
    name: wish.name,
    tenant: wish.tenant,
    scopes: wish.scopes,
    ...(wish.models === undefined ? {} : { models: wish.models }),
    ...(wish.addresses.length === 0 ? {} : { addresses: wish.addresses }),
    ...(wish.expiresAt === undefined ? {} : { expiresAt: wish.expiresAt.toISOString() }),
  }));
}

export async function rotateKey(gateway: Gateway, id: string, graceSeconds: number): Promise<CreatedKey> {
  return createdFrom(await gateway.post(`${address}/${encodeURIComponent(id)}/rotate`, { graceSeconds }));
}

export async function revokeKey(gateway: Gateway, id: string): Promise<void> {
  await gateway.delete(`${address}/${encodeURIComponent(id)}`);
}

function createdFrom(json: unknown): CreatedKey {
  return { key: keyFrom(json), secret: text(object(json)['key']) };
}

/** A replaced key is accepted until its grace is over; then it has expired like any other. */
export function keyState(key: ApiKey, now: Date): KeyState {
  if (key.revokedAt !== undefined) return 'revoked';
  if (key.expiresAt !== undefined && key.expiresAt <= now) return 'expired';
  return key.replacedBy === '' ? 'active' : 'replaced';
}

/** What a key is limited to, in a few words. */
export function limitsInWords(key: ApiKey): string {
  const limits = [key.scopes.join(', ')];
  if (key.models !== undefined) limits.push(key.models.join(', '));
  if (key.addresses !== undefined) limits.push(`from ${key.addresses.join(', ')}`);
  return limits.filter((limit) => limit !== '').join(' · ');
}

/** How a key is called to people. */
export function nameOf(key: ApiKey): string {
  return key.name === '' ? key.id : key.name;
}
