// SPDX-License-Identifier: LGPL-2.1-or-later
import { BACKFILL, epochOf, sequenceOf, skipSeen, type Batch } from './batch.js';
import { Feed, isNotAfter, keyOf } from './feed.js';
import type { Notice, Report, Request, Start, State, Subject } from './protocol.js';

/** Streams a browser may have open: of its six connections a host two stay free. */
const MAX_FEEDS = 4;

/** How long the stream of a hidden page stays open, and of one that gives no sign of life. */
const HIDDEN_MS = 8_000;
const SILENT_MS = 30_000;

/** Bytes a page may have got without having taken them in. */
const MAX_UNTAKEN_BYTES = 8 * 1024 * 1024;

/** How the hub talks to a page. */
export interface Line {
  send(report: Report, transfer: Transferable[]): void;
}

/** What one page has asked to see. */
class Watcher {
  feed: Feed | null = null;
  cursor: string | null;
  epoch = '';
  untaken = 0;
  suspended: string | null = null;
  slow = false;                   // took too little, and is to be served again when it has
  over = false;                   // what it asks for has been refused, or was ended
  seen = new Set<number>();       // sequences of the last events, to know repeated backfill

  constructor(readonly page: Page, readonly id: number, readonly subject: Subject, readonly start: Start) {
    this.cursor = start.after;
    this.epoch = start.after === null ? '' : epochOf(start.after);
  }

  get key(): string {
    return keyOf(this.subject);
  }
}

/** A page that is connected with the hub. */
export class Page {
  visible = true;
  focusedAt = 0;
  hiddenAt = 0;
  heardAt = Date.now();
  readonly watchers = new Map<number, Watcher>();

  constructor(readonly line: Line) {}

  /** Whether it is to be served now. */
  isActive(now: number): boolean {
    return now - this.heardAt < SILENT_MS && (this.visible || now - this.hiddenAt < HIDDEN_MS);
  }
}

/**
 * Serves all pages of a browser with as few streams as can be: equal subjects share one, and at
 * most four are open. Whoever is left out goes on later behind the last event it has seen.
 */
export class Hub {
  private readonly pages = new Set<Page>();
  private readonly feeds = new Map<Feed, Set<Watcher>>();
  private rooms: (() => void)[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  addPage(line: Line): Page {
    const page = new Page(line);
    page.focusedAt = Date.now();
    this.pages.add(page);
    return page;
  }

  removePage(page: Page): void {
    for (const watcher of page.watchers.values())
      this.detach(watcher);
    this.pages.delete(page);
    this.assign();
  }

  /** The network is there again. */
  online(): void {
    for (const feed of this.feeds.keys())
      feed.online();
  }

  take(page: Page, request: Request): void {
    const now = Date.now();
    const wasActive = page.isActive(now);
    page.heardAt = now;
    this.pages.add(page);
    const watcher = 'id' in request ? page.watchers.get(request.id) : undefined;

    if (request.do === 'ack') {
      if (watcher !== undefined)
        this.takeAck(watcher, request.bytes);
      if (wasActive)
        return;
    } else if (request.do === 'page')
      this.takePage(page, request.visible, request.focused, now);
    else if (request.do === 'watch')
      page.watchers.set(request.id, new Watcher(page, request.id, request.subject, request.start));
    else if (watcher !== undefined && request.do === 'close') {
      this.detach(watcher);
      page.watchers.delete(request.id);
    } else if (watcher !== undefined && request.do === 'retry') {
      watcher.over = false;
      page.focusedAt = now;
      watcher.feed?.retry();
    }
    this.assign();
  }

  private takePage(page: Page, visible: boolean, focused: boolean, now: number): void {
    if (visible && (focused || !page.visible))
      page.focusedAt = now;
    if (!visible && page.visible)
      page.hiddenAt = now;
    page.visible = visible;
  }

  private takeAck(watcher: Watcher, bytes: number): void {
    watcher.untaken = Math.max(watcher.untaken - bytes, 0);
    if (watcher.untaken > MAX_UNTAKEN_BYTES / 2)
      return;
    this.makeRoom();
    if (watcher.slow && watcher.untaken === 0) {
      watcher.slow = false;
      this.assign();
    }
  }

  /** Lets streams that wait for room look again. */
  private makeRoom(): void {
    const waiting = this.rooms;
    this.rooms = [];
    for (const resolve of waiting)
      resolve();
  }

  private tell(watcher: Watcher, report: Report, transfer: Transferable[] = []): void {
    watcher.page.line.send(report, transfer);
  }

  private tellState(watcher: Watcher, state: State): void {
    this.tell(watcher, { is: 'state', id: watcher.id, state });
  }

  private detach(watcher: Watcher): void {
    const { feed } = watcher;
    if (feed === null)
      return;
    feed.flush();
    if (feed.cursor !== null && epochOf(feed.cursor) === watcher.epoch && !isNotAfter(feed.cursor, watcher.cursor))
      watcher.cursor = feed.cursor;
    watcher.feed = null;
    this.makeRoom();
    const watchers = this.feeds.get(feed);
    watchers?.delete(watcher);
    if (watchers?.size === 0) {
      this.feeds.delete(feed);
      feed.close();
    }
  }

  private attach(watcher: Watcher, feed: Feed): void {
    watcher.feed = feed;
    this.feeds.get(feed)!.add(watcher);
  }

  /** Says who is served by which stream. */
  private assign(): void {
    const now = Date.now();
    const wanting: Watcher[] = [];
    for (const page of this.pages)
      for (const watcher of page.watchers.values())
        if (watcher.over || watcher.slow || !page.isActive(now))
          this.suspend(watcher, watcher.slow ? 'slow' : 'hidden');
        else
          wanting.push(watcher);

    wanting.sort((a, b) => Number(b.page.visible) - Number(a.page.visible) || b.page.focusedAt - a.page.focusedAt);
    const chosen = new Set<Feed>();
    const starters: Watcher[] = [];
    for (const watcher of wanting) {
      const feed = watcher.feed ?? this.findFeed(watcher);
      if (feed !== null && (chosen.has(feed) || chosen.size + starters.length < MAX_FEEDS)) {
        if (watcher.feed === null)
          this.join(watcher, feed);
        chosen.add(feed);
      } else if (feed === null && chosen.size + starters.length < MAX_FEEDS)
        starters.push(watcher);
      else
        this.suspend(watcher, 'streams');
    }
    // Only now, so that those which had to make room are closed.
    for (const watcher of starters) {
      const feed = this.findFeed(watcher);
      if (feed !== null)
        this.join(watcher, feed);
      else
        this.open(watcher);
    }
    this.schedule(now);
  }

  private suspend(watcher: Watcher, why: 'hidden' | 'streams' | 'slow'): void {
    if (watcher.over)
      return;
    if (watcher.feed === null && watcher.suspended === why)
      return;
    this.detach(watcher);
    watcher.suspended = why;
    this.tellState(watcher, { name: 'suspended', why });
  }

  /** Comes back when a page that has just been hidden is to be suspended. */
  private schedule(now: number): void {
    clearTimeout(this.timer);
    let next = Infinity;
    for (const page of this.pages) {
      if (page.watchers.size === 0 || !page.isActive(now))
        continue;
      next = Math.min(next, page.heardAt + SILENT_MS, page.visible ? Infinity : page.hiddenAt + HIDDEN_MS);
    }
    if (next < Infinity)
      this.timer = setTimeout(() => this.assign(), Math.max(next - now, 0) + 50);
  }

  /** A stream that will give a watcher just what it has not seen yet. */
  private findFeed(watcher: Watcher): Feed | null {
    for (const feed of this.feeds.keys()) {
      if (feed.key !== watcher.key || !feed.running)
        continue;
      const fresh = !feed.began && feed.cursor === watcher.cursor && feed.start.last >= watcher.start.last;
      const follows = feed.state.name === 'live' && feed.epoch === watcher.epoch && isNotAfter(feed.cursor, watcher.cursor);
      if (fresh || follows)
        return feed;
    }
    return null;
  }

  private join(watcher: Watcher, feed: Feed): void {
    this.attach(watcher, feed);
    watcher.suspended = null;
    this.tellState(watcher, feed.state);
  }

  private open(watcher: Watcher): void {
    const feed: Feed = new Feed(watcher.subject, { after: watcher.cursor, last: watcher.start.last }, {
      begin: (epoch, filter, subscriber) => this.onBegin(feed, epoch, filter, subscriber),
      events: (batches, cursor) => this.onEvents(feed, batches, cursor),
      notice: (notice) => this.each(feed, (one) => this.tellNotice(one, notice)),
      replayed: () => this.each(feed, (one) => this.tell(one, { is: 'replayed', id: one.id })),
      state: (state) => this.onState(feed, state),
      room: () => this.room(feed),
    });
    this.feeds.set(feed, new Set());
    this.attach(watcher, feed);
    watcher.suspended = null;
    void feed.run();
  }

  private each(feed: Feed, call: (watcher: Watcher) => void): void {
    for (const watcher of [...this.feeds.get(feed) ?? []])
      call(watcher);
  }

  private tellNotice(watcher: Watcher, notice: Notice): void {
    this.tell(watcher, { is: 'notice', id: watcher.id, notice, at: Date.now() });
  }

  private onBegin(feed: Feed, epoch: string, filter: string, subscriber: number): void {
    this.each(feed, (watcher) => {
      if (watcher.epoch !== '' && watcher.epoch !== epoch)
        this.tellNotice(watcher, { kind: 'restarted', epoch });
      if (watcher.epoch !== epoch) {
        watcher.epoch = epoch;
        watcher.cursor = null;
        watcher.seen.clear();
      }
      this.tell(watcher, { is: 'begin', id: watcher.id, epoch, filter, subscriber });
    });
  }

  private onState(feed: Feed, state: State): void {
    const final = !feed.running;
    this.each(feed, (watcher) => {
      this.tellState(watcher, state);
      if (final)
        watcher.over = true;
    });
    if (final) {
      this.each(feed, (watcher) => this.detach(watcher));
      this.assign();
    } else if (state.name === 'live')
      this.merge(feed);
  }

  /** Lets pages that have caught up share the stream that others with the same subject have. */
  private merge(feed: Feed): void {
    for (const other of this.feeds.keys()) {
      if (other === feed || other.key !== feed.key || other.state.name !== 'live' || other.epoch !== feed.epoch)
        continue;
      const [stays, goes] = isNotAfter(other.cursor, feed.cursor) ? [other, feed] : [feed, other];
      this.each(goes, (watcher) => {
        this.detach(watcher);
        this.attach(watcher, stays);
      });
      this.assign();
      return;
    }
  }

  private onEvents(feed: Feed, batches: Batch[], cursor: string): void {
    const watchers = [...this.feeds.get(feed) ?? []];
    watchers.forEach((watcher, index) => {
      const known = watcher.cursor === null ? 0 : sequenceOf(watcher.cursor);
      const behind = sequenceOf(cursor) <= known;
      const left = behind ? [] : batches.map((batch) => skipSeen(batch, known, watcher.seen)).filter((batch) => batch.kinds.length > 0);
      if (behind)
        return;
      watcher.cursor = cursor;
      remember(watcher.seen, left);
      if (left.length === 0)
        return;
      const bytes = left.reduce((sum, batch) => sum + batch.bytes.byteLength, 0);
      watcher.untaken += bytes;
      const whole = index === watchers.length - 1 && left.every((batch, i) => batch === batches[i]);
      this.tell(watcher, { is: 'events', id: watcher.id, batches: left, cursor, at: Date.now() },
        whole ? left.map((batch) => batch.bytes.buffer) : []);
      if (watcher.untaken > MAX_UNTAKEN_BYTES && watchers.some((one) => one.untaken <= MAX_UNTAKEN_BYTES / 2)) {
        watcher.slow = true;
        this.suspend(watcher, 'slow');
      }
    });
  }

  /** A stream is not read while none of its pages has room. */
  private async room(feed: Feed): Promise<void> {
    for (;;) {
      const watchers = [...this.feeds.get(feed) ?? []];
      if (watchers.length === 0 || watchers.some((watcher) => watcher.untaken <= MAX_UNTAKEN_BYTES))
        return;
      await new Promise<void>((resolve) => this.rooms.push(resolve));
    }
  }
}

function remember(seen: Set<number>, batches: Batch[]): void {
  const last = batches.at(-1);
  if (last === undefined)
    return;
  seen.clear();
  last.sequences.forEach((sequence, index) => {
    if ((last.kinds[index]! & BACKFILL) !== 0)
      seen.add(sequence);
  });
}
