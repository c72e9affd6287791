import { ApiError, sentence } from '../api/ApiError.ts';
import type { Gateway } from '../api/Gateway.ts';
import { list, object, oneOf, text } from '../api/json.ts';

/** What a page may ask of the one who opens it. */
export type Role = 'platform-admin';

export interface User {
  readonly name: string;
  readonly roles: readonly string[];
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

  /** Signs in or throws an error whose message can be shown under the form. */
  async signIn(username: string, password: string): Promise<void> {
    try {
      this.become({ kind: 'signed-in', user: userFrom(await this.gateway.post('/auth/login', { username, password })) });
    } catch (problem) {
      if (problem instanceof ApiError && problem.status === 401) {
        throw new ApiError(401, 'The user name or the password is not right.');
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

export function mayOpen(user: User, role: Role | undefined): boolean {
  return role === undefined || user.roles.includes(role);
}

function userFrom(json: unknown): User {
  const user = object(json);
  return { name: text(user['username']), roles: list(user['roles']).map((role) => text(role)) };
}
