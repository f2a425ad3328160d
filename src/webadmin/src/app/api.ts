// SPDX-License-Identifier: LGPL-2.1-or-later
// Requests to the daemon. Errors are those of its problem documents (RFC 9457).

/** What went wrong with a request. */
export class Problem extends Error {
  constructor(
    /** HTTP status; 0 if there was no answer */
    readonly status: number,
    /** the stable code of docs/http-api.md, or "network" */
    readonly code: string,
    /** one sentence for people */
    readonly detail: string,
    /** bytes into the query or body */
    readonly position?: number,
    /** seconds until it may be tried again */
    readonly retryAfter?: number,
  ) {
    super(detail);
    this.name = 'Problem';
  }
}

type Listener = () => void;
const signedOutListeners = new Set<Listener>();

/** Calls back whenever an answer says that nobody is signed in. */
export function onSignedOut(listener: Listener): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

/** Tells that somebody (the stream, say) learnt that nobody is signed in. */
export function tellSignedOut(): void {
  for (const listener of signedOutListeners)
    listener();
}

/** Makes a Problem of an answer that is an error. */
export async function readProblem(response: Response): Promise<Problem> {
  const seconds = Number(response.headers.get('Retry-After') ?? NaN);
  const retryAfter = Number.isFinite(seconds) ? seconds : undefined;
  let body: Record<string, unknown> = {};

  try {
    body = (await response.json()) as Record<string, unknown>;
  } catch {
    // A proxy's error page, say; the status has to do.
  }
  return new Problem(
    response.status,
    typeof body['code'] === 'string' ? body['code'] : 'failed',
    typeof body['detail'] === 'string' ? body['detail'] : `${response.status} ${response.statusText}`,
    typeof body['position'] === 'number' ? body['position'] : undefined,
    retryAfter,
  );
}

/** How long to wait for an answer, and then for all of it: a browser has but few connections for those that never end. */
const ANSWER_MS = 15_000;
const BODY_MS = 60_000;

export interface RequestOptions {
  body?: unknown;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

/** Sends a request; throws a Problem unless the answer is good. */
export async function send(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json', ...options.headers };
  const aborter = new AbortController();
  const abort = () => aborter.abort();
  const timer = setTimeout(abort, ANSWER_MS);
  let response: Response;

  if (options.signal?.aborted)
    abort();
  options.signal?.addEventListener('abort', abort);
  if (options.body !== undefined)
    headers['Content-Type'] = 'application/json';
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
      signal: aborter.signal,
    });
    setTimeout(abort, BODY_MS);
  } catch (error) {
    if (options.signal?.aborted)
      throw error;
    throw new Problem(0, 'network', 'the daemon cannot be reached');
  } finally {
    clearTimeout(timer);
  }
  if (response.ok)
    return response;
  if (response.status === 401 && path !== '/api/session')
    tellSignedOut();
  throw await readProblem(response);
}

/** Sends a request and gives the JSON of its answer; undefined where there is none. */
export async function request<T>(method: string, path: string, options?: RequestOptions): Promise<T> {
  const response = await send(method, path, options);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** Writes one segment of a path. */
export function segment(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
