import type { Gateway } from '../api/Gateway.ts';
import { instant, object, text, words } from '../api/json.ts';
import { everyPage } from '../api/pages.ts';

/** Somebody who signs in for a tenant. */
export interface Member {
  readonly username: string;
  /** By which keys and usage know the user; the name, unless the user is kept elsewhere. */
  readonly owner: string;
  readonly tenant: string;
  readonly roles: readonly string[];
  readonly createdAt: Date | undefined;
}

const address = '/admin/v1/members';

export function memberFrom(json: unknown): Member {
  const member = object(json);
  return {
    username: text(member['username']),
    owner: text(member['owner'], text(member['username'])),
    tenant: text(member['tenant']),
    roles: words(member['roles']) ?? [],
    createdAt: instant(member['createdAt']),
  };
}

export async function fetchMembers(gateway: Gateway, signal?: AbortSignal): Promise<readonly Member[]> {
  return (await everyPage(gateway, address, signal)).map(memberFrom);
}

export async function addMember(gateway: Gateway, member: { username: string; tenant: string; roles: readonly string[]; password: string }): Promise<void> {
  await gateway.post(address, member);
}

export async function changeMember(gateway: Gateway, username: string, change: { roles: readonly string[] } | { password: string }): Promise<void> {
  await gateway.patch(`${address}/${encodeURIComponent(username)}`, change);
}

export async function removeMember(gateway: Gateway, username: string): Promise<void> {
  await gateway.delete(`${address}/${encodeURIComponent(username)}`);
}

/** Lets somebody who has lost the second factor sign in without it. */
export async function resetSecondFactor(gateway: Gateway, username: string): Promise<void> {
  await gateway.delete(`${address}/${encodeURIComponent(username)}/second-factor`);
}

/** A password that nobody has to think of: 20 characters of an alphabet without look-alikes, about 115 bits. */
export function randomPassword(random: (bytes: Uint8Array<ArrayBuffer>) => void): string {
  const alphabet = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
  const limit = 256 - (256 % alphabet.length);
  let password = '';
  while (password.length < 20) {
    const bytes = new Uint8Array(32);
    random(bytes);
    // Bytes beyond the last whole round of the alphabet would favour its beginning.
    for (const byte of bytes) if (byte < limit && password.length < 20) password += alphabet[byte % alphabet.length];
  }
  return password;
}
