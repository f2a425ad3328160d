// SPDX-License-Identifier: LGPL-2.1-or-later
// Who is signed in.
import { computed, signal } from '@preact/signals';
import { onSignedOut, Problem, request } from './api.js';

export type Permission = 'observe' | 'inject' | 'manage';

export interface Session {
  label: string;
  by: 'session' | 'token';
  permissions: Permission[];
  /** RFC 3339, or null if it never ends */
  expiresAt: string | null;
}

/** Who is signed in; null: nobody; undefined: not known yet. */
export const session = signal<Session | null | undefined>(undefined);
/** Why one is not signed in any more, or could not be; null: nothing to say. */
export const signInProblem = signal<Problem | null>(null);
/** True once somebody was signed in by this page: it then says that the session is over. */
export const wasSignedIn = signal(false);

export const mayObserve = computed(() => may('observe'));
export const mayManage = computed(() => may('manage'));

export function may(permission: Permission): boolean {
  return session.value?.permissions.includes(permission) ?? false;
}

function begin(found: Session): void {
  signInProblem.value = null;
  wasSignedIn.value = true;
  session.value = found;
}

/** Takes the secret of a one-time link out of the address, so that it is neither kept nor shared. */
export function takeLinkSecret(): string | null {
  const found = /^#sign-in=(.+)$/.exec(location.hash)?.[1];
  if (found === undefined)
    return null;
  history.replaceState(null, '', location.pathname);
  return decodeURIComponent(found);
}

/** Asks the daemon who is signed in. */
export async function resume(): Promise<void> {
  try {
    begin(await request<Session>('GET', '/api/session'));
  } catch (error) {
    if (error instanceof Problem && error.status !== 401)
      signInProblem.value = error;
    session.value = null;
  }
}

export async function signIn(credential: { token: string } | { signIn: string }): Promise<boolean> {
  try {
    begin(await request<Session>('POST', '/api/session', { body: credential }));
    return true;
  } catch (error) {
    signInProblem.value = error as Problem;
    session.value ??= null;
    return false;
  }
}

export async function signOut(): Promise<void> {
  try {
    await request('DELETE', '/api/session');
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401)
      throw error;
  }
  wasSignedIn.value = false;
  signInProblem.value = null;
  session.value = null;
}

onSignedOut(() => {
  if (session.value)
    session.value = null;
});
