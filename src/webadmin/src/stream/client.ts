// SPDX-License-Identifier: LGPL-2.1-or-later
import type { Batch } from './batch.js';
import { Hub } from './hub.js';
import type { Notice, Report, Request, Start, State, Subject } from './protocol.js';

export type { Notice, Problem, Start, State, Subject } from './protocol.js';

/** How often a page says that it is there. */
const HEARTBEAT_MS = 5_000;

/** How long to wait before the worker is asked for again, at first and at most. */
const WORKER_FIRST_MS = 500;
const WORKER_MOST_MS = 10_000;

/** The page's policy lets no string become code, save this one; it can be made but once. */
function trust(workerUrl: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: {
    createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
  } };
  return trustedTypes?.createPolicy('livetrace', { createScriptURL: (url) => url }).createScriptURL(workerUrl) ?? workerUrl;
}

/** What a subscription tells. */
export interface Listener {
  /** A connection has been made; the first of a subscription comes before everything else. */
  begin?(epoch: string, filter: string, subscriber: number): void;
  /** Events, in order. `cursor` is the last one considered, `at` when they came (Date.now()). */
  events?(batches: Batch[], cursor: string, at: number): void;
  notice?(notice: Notice, at: number): void;
  /** What the daemon held has all come. */
  replayed?(): void;
  state?(state: State): void;
}

/** A stream of events as one page sees it. */
export interface Subscription {
  /** Tries again at once, or asks to be served before other pages. */
  retry(): void;
  close(): void;
}

/**
 * A page's way to its streams, which all pages of a browser share in a worker. Where there are no
 * shared workers the page does it by itself.
 */
export class StreamClient {
  private readonly watches = new Map<number, { subject: Subject; start: Start; listener: Listener }>();
  private readonly workerUrl: string;
  private post: (request: Request | 'gone') => void;
  private failures = 0;  // of the worker, one after the other
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastId = 0;

  constructor(workerUrl: string) {
    this.workerUrl = trust(workerUrl);
    this.post = this.connect();
    const tell = () => this.tellPage();
    document.addEventListener('visibilitychange', tell);
    addEventListener('focus', tell);
    addEventListener('pageshow', tell);
    addEventListener('pagehide', () => this.post('gone'));
    setInterval(() => document.visibilityState === 'visible' && this.tellPage(), HEARTBEAT_MS);
    tell();
  }

  /** Opens a stream. */
  watch(subject: Subject, start: Start, listener: Listener): Subscription {
    const id = ++this.lastId;
    this.watches.set(id, { subject, start, listener });
    this.post({ do: 'watch', id, subject, start });
    return {
      retry: () => this.timer === undefined ? this.post({ do: 'retry', id }) : this.connectAgain(),
      close: () => {
        if (this.watches.delete(id))
          this.post({ do: 'close', id });
      },
    };
  }

  private connect(): (request: Request | 'gone') => void {
    if (typeof SharedWorker === 'function') {
      const worker = new SharedWorker(this.workerUrl, { name: 'livetrace', type: 'module' });
      const { port } = worker;
      worker.onerror = () => this.takeFailure();
      port.onmessage = (message: MessageEvent<Report>) => {
        this.failures = 0;
        this.take(message.data);
      };
      return (request) => port.postMessage(request);
    }
    const hub = new Hub();
    const page = hub.addPage({ send: (report) => queueMicrotask(() => this.take(report)) });
    addEventListener('online', () => hub.online());
    return (request) => request === 'gone' ? hub.removePage(page) : hub.take(page, request);
  }

  /** The worker could not be fetched: what was asked of it is asked again of the next one. */
  private takeFailure(): void {
    const wait = Math.min(WORKER_FIRST_MS * 2 ** this.failures, WORKER_MOST_MS) * (0.5 + Math.random() / 2);
    this.failures++;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connectAgain(), wait);
    for (const { listener } of [...this.watches.values()]) {
      if (this.failures === 1)
        listener.notice?.({ kind: 'offline', reason: '' }, Date.now());
      listener.state?.({ name: 'offline', retryAt: Date.now() + wait, attempt: this.failures, reason: '' });
    }
  }

  private connectAgain(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.post = this.connect();
    this.tellPage();
    for (const [id, { subject, start }] of this.watches)
      this.post({ do: 'watch', id, subject, start });
  }

  private tellPage(): void {
    const visible = document.visibilityState === 'visible';
    this.post({ do: 'page', visible, focused: visible && document.hasFocus() });
  }

  private take(report: Report): void {
    const listener = this.watches.get(report.id)?.listener;
    if (report.is === 'events')
      this.post({ do: 'ack', id: report.id, bytes: report.batches.reduce((sum, batch) => sum + batch.bytes.byteLength, 0) });
    if (listener === undefined)
      return;
    if (report.is === 'events')
      listener.events?.(report.batches, report.cursor, report.at);
    else if (report.is === 'notice')
      listener.notice?.(report.notice, report.at);
    else if (report.is === 'begin')
      listener.begin?.(report.epoch, report.filter, report.subscriber);
    else if (report.is === 'state')
      listener.state?.(report.state);
    else
      listener.replayed?.();
  }
}
