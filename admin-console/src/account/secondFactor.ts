import type { Gateway } from '../api/Gateway.ts';
import { list, object, text } from '../api/json.ts';

/** What an authenticator needs to show codes. */
export interface Enrolment {
  readonly secret: string;
  readonly uri: string;
}

export async function isEnabled(gateway: Gateway): Promise<boolean> {
  return object(await gateway.get('/auth/second-factor'))['enabled'] === true;
}

/** Begins; not in force before a code confirms it. */
export async function enrol(gateway: Gateway, currentPassword: string): Promise<Enrolment> {
  const begun = object(await gateway.post('/auth/second-factor', { currentPassword }));
  return { secret: text(begun['secret']), uri: text(begun['uri']) };
}

/** The recovery codes, told once. */
export async function confirm(gateway: Gateway, code: string): Promise<readonly string[]> {
  return list(object(await gateway.post('/auth/second-factor/confirm', { code }))['recoveryCodes']).map((one) => text(one));
}

export async function remove(gateway: Gateway, currentPassword: string, code: string): Promise<void> {
  await gateway.post('/auth/second-factor/remove', { currentPassword, code });
}

/** In groups of four, as people copy it. */
export function grouped(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(' ') ?? '';
}
