import type { Gateway } from '../api/Gateway.ts';
import { flag, instant, list, number, object, oneOf, optionalNumber, text } from '../api/json.ts';

export const standings = ['in-force', 'restart-needed', 'behind', 'unreadable'] as const;
export type Standing = (typeof standings)[number];

/** How one of the installation's secrets stands at the gateway that was asked; nothing of the secret itself. */
export interface SecretState {
  readonly name: string;
  readonly use: string;
  readonly fingerprint: string;
  /** The pepper's; the others have none. */
  readonly version: number | undefined;
  /** How many can be checked by. */
  readonly known: number;
  readonly since: Date | undefined;
  readonly inEnvironment: boolean;
  readonly standing: Standing;
}

/** What rests on one version of the pepper. */
export interface PepperUse {
  readonly version: number;
  readonly retired: boolean;
  readonly apiKeys: number;
  readonly secondFactors: number;
}

export interface Secrets {
  readonly states: readonly SecretState[];
  readonly peppers: readonly PepperUse[];
}

export async function fetchSecrets(gateway: Gateway, signal?: AbortSignal): Promise<Secrets> {
  return secretsFrom(await gateway.get('/admin/v1/secrets', signal));
}

export function secretsFrom(json: unknown): Secrets {
  return {
    states: list(object(json)['data']).map((each) => {
      const state = object(each);
      return {
        name: text(state['name']),
        use: text(state['use']),
        fingerprint: text(state['fingerprint']),
        version: optionalNumber(state['version']),
        known: number(state['known']),
        since: instant(state['since']),
        inEnvironment: text(state['place']) === 'environment',
        standing: oneOf(standings, state['state'], 'in-force'),
      };
    }),
    peppers: list(object(json)['peppers']).map((each) => {
      const use = object(each);
      return {
        version: number(use['version']), retired: flag(use['retired']), apiKeys: number(use['apiKeys']), secondFactors: number(use['secondFactors']),
      };
    }),
  };
}

/** What is left to do about a secret, as a sentence; empty where that is nothing. */
export function todo(state: SecretState): string {
  const place = state.inEnvironment ? 'variable' : 'file';
  switch (state.standing) {
    case 'in-force':
      return '';
    case 'restart-needed':
      return `Its ${place} has another by now: this gateway uses that after a restart.`;
    case 'behind':
      return `Another gateway uses a newer one: copy the ${place} to this gateway’s machine, then restart this gateway.`;
    case 'unreadable':
      return `Its ${place} cannot be read: this gateway would not start again.`;
  }
}

/** How many API keys and second factors rest on a pepper that is older than the one in force. */
export function onOlder({ states, peppers }: Secrets): { readonly apiKeys: number; readonly secondFactors: number } {
  const newest = states.find((state) => state.version !== undefined)?.version ?? 0;
  const older = peppers.filter((use) => use.version < newest);
  return { apiKeys: older.reduce((sum, use) => sum + use.apiKeys, 0), secondFactors: older.reduce((sum, use) => sum + use.secondFactors, 0) };
}
