import { useSyncExternalStore } from 'react';
import { session } from '../composition.ts';
import type { SessionState, User } from './Session.ts';

export function useSession(): SessionState {
  return useSyncExternalStore(session.subscribe, session.state);
}

const nobody: User = { name: '', tenant: '', roles: [], operations: [], hasPassword: false };

/** The signed-in user. Everything behind the session gate has one; nobody is seen only while the gate closes. */
export function useUser(): User {
  const state = useSession();
  return state.kind === 'signed-in' ? state.user : nobody;
}
