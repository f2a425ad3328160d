// SPDX-License-Identifier: LGPL-2.1-or-later
// Who is signed in.
import { computed, signal } from '@preact/signals';
import { onSignedOut, Problem, request, send } from './api.js';

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

/** How long before its end one is told of it. */
export const WARN_MS = 10 * 60 * 1000;
const RETRY_MS = 30 * 1000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** How far the daemon's clock is ahead of ours. */
let clockAheadMs = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** How long the session will last from `now` on; infinite if it never ends. */
export function getTimeLeft(found: Session, now = Date.now()): number {
  return found.expiresAt === null ? Infinity : Date.parse(found.expiresAt) - now - clockAheadMs;
}

/** Use puts the end of a session off, so the daemon is asked anew before anything is said of it. */
function watchExpiry(found: Session): void {
  const left = getTimeLeft(found);
  const next = left > WARN_MS ? left - WARN_MS : left > 0 ? left + 1000 : RETRY_MS;

  clearTimeout(timer);
  if (left !== Infinity)
    timer = setTimeout(() => void resume(), Math.min(next, LONGEST_TIMER_MS));
}

async function begin(response: Response): Promise<void> {
  const date = Date.parse(response.headers.get('Date') ?? '');
  const found = (await response.json()) as Session;

  if (!Number.isNaN(date))
    clockAheadMs = date - Date.now();
  signInProblem.value = null;
  wasSignedIn.value = true;
  session.value = found;
  watchExpiry(found);
}

function end(): void {
  clearTimeout(timer);
  session.value = null;
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
    await begin(await send('GET', '/api/session'));
  } catch (error) {
    if (error instanceof Problem && error.status === 401) {
      end();
    } else if (session.value) {
      clearTimeout(timer);
      timer = setTimeout(() => void resume(), RETRY_MS);
    } else {
      signInProblem.value = error as Problem;
      end();
    }
  }
}

/** Signs in; a session there was before goes on if that fails. */
export async function signIn(credential: { token: string } | { signIn: string }): Promise<boolean> {
  try {
    await begin(await send('POST', '/api/session', { body: credential }));
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
  end();
}

onSignedOut(() => {
  if (session.value)
    end();
});
