// SPDX-License-Identifier: LGPL-2.1-or-later
import { readBatch, sequenceOf, type Batch } from './batch.js';
import { readProblem, readRetryAfter } from './problem.js';
import type { Notice, Start, State, Subject } from './protocol.js';
import { SseReader, type Block } from './sse.js';

/** Shortest and longest wait between attempts, in milliseconds. */
const BACKOFF_FIRST_MS = 500;
const BACKOFF_MOST_MS = 10_000;

/** A connection that has lasted so long was a good one: waits begin anew. */
const STEADY_MS = 5_000;

/** How long to wait for an answer. */
const ANSWER_MS = 8_000;

/** The daemon says something within the interval of its pings. If half as much more has passed, the connection is dead. */
const PING_MS = 15_000;
const SILENT_INTERVALS = 1.5;

/** How much may be added to the interval where there is reason to doubt a connection, or where one has slept. */
const SLACK_MS = 2_000;

/** How often it is looked whether a connection still lives. */
const LOOK_MS = 1_000;

/** Blocks that follow each other within this time go out together. */
const GATHER_MS = 10;

/** Reasons of `bye` after which the session is over. */
const SESSION_OVER = new Set(['revoked', 'expired', 'signed-out', 'displaced']);

export interface FeedEvents {
  begin(epoch: string, filter: string, subscriber: number): void;
  events(batches: Batch[], cursor: string): void;
  notice(notice: Notice): void;
  replayed(): void;
  state(state: State): void;
  /** Resolves when there is room for more. */
  room(): Promise<void>;
}

/** The members of all blocks but those with events; which are there depends on the block. */
interface Control {
  epoch: string;
  filter: string;
  subscriber: number;
  ping: number;
  dropped: number | null;
  after: string;
  before: string;
  reason: string;
}

/** Ends a connection in a way that decides what is next. */
class Stop extends Error {
  constructor(readonly state: State, readonly notice: Notice | null) {
    super(state.name);
  }
}

/**
 * One stream from the daemon. It connects again by itself, behind the last event it has
 * considered, until it is closed, or refused in a way that trying again does not mend.
 */
export class Feed {
  state: State = { name: 'connecting' };
  epoch = '';
  cursor: string | null; // of the last block handed on
  began = false;         // whether a connection has said hello
  private readonly abort = new AbortController();
  private connection: AbortController | null = null;
  private wake: (() => void) | null = null;
  private attempts = 0;
  private begunAt = 0;   // when the connection said hello
  private lostAt = 0;    // when the connection was lost that has not been replaced, or 0
  private triedMs = 0;   // what the last attempt took, where no answer came
  private toldBusy = false;
  private pingMs = PING_MS;
  private heardAt = 0;   // when something came last; Infinity while nothing is read
  private lookedAt = 0;
  private doubted = false;  // the network was away: the next ping must be in time
  private hurried = false;  // the network is there again: the next attempt need not wait
  private gathered: Batch[] = [];
  private gatherTimer: ReturnType<typeof setTimeout> | undefined;
  private flushedAt = 0;

  constructor(readonly subject: Subject, readonly start: Start, private readonly on: FeedEvents) {
    this.cursor = start.after;
  }

  get key(): string {
    return keyOf(this.subject);
  }

  /** Whether it holds a connection, or will try to have one. */
  get running(): boolean {
    return !['refused', 'signed-out', 'ended'].includes(this.state.name) && !this.abort.signal.aborted;
  }

  async run(): Promise<void> {
    while (!this.abort.signal.aborted) {
      try {
        this.setState({ name: 'connecting' });
        await this.connect();
      } catch (error) {
        if (!this.abort.signal.aborted)
          await this.recover(error);
      }
      if (!this.running)
        return;
    }
  }

  /** Tries at once, if it waits. */
  retry(): void {
    this.wake?.();
  }

  /** The network is there again. What was begun without it may hang for long. */
  online(): void {
    if (this.state.name === 'offline') {
      this.attempts = 0;
      this.retry();
    } else if (this.state.name === 'connecting' && this.lostAt > 0) {
      this.attempts = 0;
      this.hurried = true;
      this.connection?.abort();
    } else if (this.heardAt > 0)
      this.doubted = true;
  }

  close(): void {
    this.flush();
    this.abort.abort();
    this.connection?.abort();
    this.wake?.();
  }

  private setState(state: State): void {
    this.state = state;
    if (!this.abort.signal.aborted)
      this.on.state(state);
  }

  private get url(): string {
    const { filter, context } = this.subject;
    const from = this.cursor === null ? `last=${this.start.last}` : `last-event-id=${encodeURIComponent(this.cursor)}`;
    return `/api/tracing/live?q=${encodeURIComponent(filter)}&context=${context}&${from}`;
  }

  private async connect(): Promise<void> {
    const connection = new AbortController();
    const begun = Date.now();
    this.connection = connection;
    this.triedMs = 0;
    const timer = setTimeout(() => connection.abort(), ANSWER_MS);
    try {
      const response = await fetch(this.url, {
        headers: { Accept: 'text/event-stream' },
        cache: 'no-store',
        credentials: 'same-origin',
        redirect: 'error',
        signal: connection.signal,
      }).catch((error: unknown) => {
        this.triedMs = Date.now() - begun;
        throw error;
      });
      await this.check(response);
      clearTimeout(timer);
      await this.read(response.body!.getReader(), connection);
    } finally {
      clearTimeout(timer);
      this.flush();
      connection.abort();
    }
  }

  private async check(response: Response): Promise<void> {
    const { status } = response;
    if (status === 200 && response.headers.get('Content-Type')?.startsWith('text/event-stream'))
      return;
    const problem = await readProblem(response);
    if (status === 401)
      throw new Stop({ name: 'signed-out' }, { kind: 'signed-out' });
    if (status === 429 || (status === 503 && response.headers.has('Retry-After'))) {
      const wait = readRetryAfter(response);
      throw new Stop({ name: 'busy', retryAt: Date.now() + wait, problem },
        { kind: 'busy', problem, seconds: Math.round(wait / 1000) });
    }
    if (status >= 500)
      throw new Error(`HTTP ${status}`);
    throw new Stop({ name: 'refused', problem }, { kind: 'refused', problem });
  }

  private async read(reader: ReadableStreamDefaultReader<Uint8Array>, connection: AbortController): Promise<void> {
    const parser = new SseReader((block) => this.take(block));
    const timer = setInterval(() => this.look(connection), LOOK_MS);
    this.lookedAt = this.heardAt = Date.now();
    // Where the body has outlived its request, a signal alone no longer reaches it (fetch of Node 18).
    connection.signal.addEventListener('abort', () => void reader.cancel().catch(() => undefined));
    try {
      for (;;) {
        this.heardAt = Date.now();
        const chunk = await reader.read();
        if (chunk.done)
          throw new Error('');
        this.doubted = false;
        this.heardAt = Infinity;
        parser.push(chunk.value);
        if (Date.now() - this.flushedAt >= GATHER_MS)
          this.flush();
        else
          this.gatherTimer ??= setTimeout(() => this.flush(), GATHER_MS);
        await this.on.room();
      }
    } finally {
      clearInterval(timer);
      this.heardAt = 0;
      this.doubted = false;
    }
  }

  /** Ends a connection that has been silent for longer than a living one is. */
  private look(connection: AbortController): void {
    const now = Date.now();
    const limit = this.doubted ? this.pingMs + SLACK_MS : this.pingMs * SILENT_INTERVALS;
    // Whoever has slept first hears what came meanwhile.
    if (now - this.lookedAt > LOOK_MS + SLACK_MS)
      this.heardAt = Math.max(this.heardAt, now - limit + SLACK_MS);
    this.lookedAt = now;
    if (now - this.heardAt > limit)
      connection.abort();
  }

  private take(block: Block): void {
    if (this.abort.signal.aborted)
      return;
    if (block.event === 'trace')
      this.gathered.push(readBatch(block.data));
    else
      this.flush();
    this.cursor = block.id ?? this.cursor;
    if (block.event !== 'trace')
      this.takeControl(block.event, JSON.parse(new TextDecoder().decode(block.data)) as Control);
  }

  private takeControl(event: string, data: Control): void {
    if (event === 'hello')
      this.takeHello(data);
    else if (event === 'gap')
      this.on.notice({ kind: 'gap', dropped: data.dropped, after: data.after, before: data.before });
    else if (event === 'live') {
      this.on.replayed();
      this.setState({ name: 'live' });
    } else if (event === 'bye')
      throw farewell(data.reason);
  }

  private takeHello(data: Control): void {
    const { epoch, filter, subscriber, ping } = data;
    this.pingMs = ping > 0 ? ping : PING_MS;
    this.epoch = epoch;
    this.began = true;
    if (this.lostAt > 0)
      this.on.notice({ kind: 'reconnected', seconds: (Date.now() - this.lostAt) / 1000, attempts: this.attempts });
    this.lostAt = 0;
    this.begunAt = Date.now();
    this.toldBusy = false;
    this.on.begin(epoch, filter, subscriber);
    this.setState({ name: 'replaying' });
  }

  /** Hands on what has come. */
  flush(): void {
    clearTimeout(this.gatherTimer);
    this.gatherTimer = undefined;
    this.flushedAt = Date.now();
    const batches = this.gathered;
    this.gathered = [];
    if (batches.length > 0 && !this.abort.signal.aborted)
      this.on.events(batches, this.cursor ?? '');
  }

  /** Decides what follows the end of a connection, and waits until it is time. */
  private async recover(error: unknown): Promise<void> {
    this.flush();
    if (error instanceof Stop && error.state.name !== 'offline') {
      const again = error.state.name === 'busy';
      if (error.notice !== null && !(again && this.toldBusy))
        this.on.notice(error.notice);
      this.toldBusy = again;
      this.setState(error.state);
      if (error.state.name === 'busy')
        await this.wait(error.state.retryAt - Date.now());
      return;
    }

    const reason = error instanceof Stop && error.state.name === 'offline' ? error.state.reason
      : error instanceof Error && /^HTTP \d+$/.test(error.message) ? error.message : '';
    if (this.lostAt === 0) {
      this.lostAt = Date.now();
      this.on.notice({ kind: 'offline', reason });
    }
    if (Date.now() - this.begunAt > STEADY_MS && this.begunAt > 0)
      this.attempts = 0;
    this.begunAt = 0;
    // What an attempt took that nobody answered has been waited already.
    const wait = this.hurried ? 0 : Math.max(Math.min(BACKOFF_FIRST_MS * 2 ** this.attempts, BACKOFF_MOST_MS) * (0.5 + Math.random() / 2) - this.triedMs, BACKOFF_FIRST_MS / 2);
    this.hurried = false;
    this.attempts++;
    this.setState({ name: 'offline', retryAt: Date.now() + wait, attempt: this.attempts, reason });
    await this.wait(wait);
  }

  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake?.(), Math.max(ms, 0));
      this.wake = () => {
        clearTimeout(timer);
        this.wake = null;
        resolve();
      };
      if (this.abort.signal.aborted)
        this.wake();
    });
  }
}

function farewell(reason: string): Stop {
  if (SESSION_OVER.has(reason))
    return new Stop({ name: 'signed-out' }, { kind: 'ended', reason });
  if (reason === 'disconnected')
    return new Stop({ name: 'ended', reason }, { kind: 'ended', reason });
  return new Stop({ name: 'offline', retryAt: 0, attempt: 0, reason }, null);
}

/** What two subjects have in common if one stream serves both. */
export function keyOf(subject: Subject): string {
  return `${subject.context} ${subject.filter}`;
}

/** Whether what follows `cursor` holds all that someone at `other` has not seen. */
export function isNotAfter(cursor: string | null, other: string | null): boolean {
  return cursor !== null && other !== null && sequenceOf(cursor) <= sequenceOf(other);
}
