import { ApiError, sentence } from '../api/ApiError.ts';
import type { Gateway } from '../api/Gateway.ts';
import { object, oneOf, text, words } from '../api/json.ts';

export interface User {
  readonly name: string;
  readonly tenant: string;
  readonly roles: readonly string[];
  /** What the roles allow, as the gateway tells it. */
  readonly operations: readonly string[];
  /** Whether the platform itself keeps the user's password, so that it can be changed here. */
  readonly hasPassword: boolean;
}

/** Where users sign in: with the gateway, or at the Keycloak that it trusts. */
export type Provider = 'embedded' | 'keycloak';

export type SessionState =
  | { readonly kind: 'checking' }
  | { readonly kind: 'unreachable'; readonly message: string }
  | {
    readonly kind: 'signed-out';
    readonly provider: Provider;
    /** Why, where that is not plain. */
    readonly notice: string;
    /** The notice tells of something that went wrong. */
    readonly failed: boolean;
    /** The session ran out: nobody chose to leave. */
    readonly expired: boolean;
  }
  | { readonly kind: 'signed-in'; readonly user: User };

const providers: readonly Provider[] = ['embedded', 'keycloak'];

/** Owns who is signed in. Begins by asking the gateway, since the cookie itself is hidden from scripts. */
export class Session {
  private current: SessionState = { kind: 'checking' };
  private readonly listeners = new Set<() => void>();
  private readonly gateway: Gateway;
  private provider: Provider = 'embedded';
  private problem: string;

  /** @param problem why the sign-in that led to this page failed; empty if none did */
  constructor(gateway: Gateway, problem: string) {
    this.gateway = gateway;
    this.problem = problem;
  }

  readonly state = (): SessionState => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  async resume(): Promise<void> {
    this.become({ kind: 'checking' });
    try {
      // Also of use to who is signed in: where the page leads once the session is over.
      this.provider = oneOf(providers, object(await this.gateway.get('/auth/provider'))['provider'], 'embedded');
      this.become({ kind: 'signed-in', user: userFrom(await this.gateway.get('/auth/session')) });
    } catch (problem) {
      if (problem instanceof ApiError && problem.status === 401) {
        this.signedOut(this.problem, { failed: this.problem !== '' });
        this.problem = '';
      } else this.become({ kind: 'unreachable', message: sentence(problem) });
    }
  }

  /**
   * Signs in or throws an error whose message can be shown under the form; its code is 'second_factor_required' if a code has to
   * come with the password.
   */
  async signIn(username: string, password: string, code: string): Promise<void> {
    try {
      const credentials = code === '' ? { username, password } : { username, password, code };
      this.become({ kind: 'signed-in', user: userFrom(await this.gateway.post('/auth/login', credentials)) });
    } catch (problem) {
      if (problem instanceof ApiError && problem.status === 401 && problem.code !== 'second_factor_required') {
        throw new ApiError(401, code === '' ? 'The user name or the password is not right.' : 'The code is not right, or was used already.');
      }
      throw problem;
    }
  }

  /** Ends the session at the gateway first: while that fails, the user is still signed in and is told so. */
  async signOut(): Promise<void> {
    const remaining = object(await this.gateway.post('/auth/logout'))['remaining'];
    if (remaining === undefined) this.signedOut('');
    else this.signedOut('You are signed out here, but Keycloak could not be told: whoever uses this browser may still be signed in there.', { failed: true });
  }

  /** A call found the session gone. */
  lost(): void {
    if (this.current.kind === 'signed-in') {
      this.signedOut('Your session has ended. Sign in to go on.', { expired: true });
    }
  }

  private signedOut(notice: string, { failed = false, expired = false } = {}): void {
    this.become({ kind: 'signed-out', provider: this.provider, notice, failed, expired });
  }

  private become(state: SessionState): void {
    this.current = state;
    for (const listener of this.listeners) listener();
  }
}

function userFrom(json: unknown): User {
  const user = object(json);
  return {
    name: text(user['username']),
    tenant: text(user['tenant']),
    roles: words(user['roles']) ?? [],
    operations: words(user['operations']) ?? [],
    hasPassword: text(user['provider'], 'embedded') === 'embedded',
  };
}
