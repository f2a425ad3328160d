// SPDX-License-Identifier: LGPL-2.1-or-later
// Puts the events of the live view together by the spans and traces they belong to.
import type { EventStore, TraceEvent, Value } from '../store/event-store.js';
import { LEVELS } from '../ui/level.js';
import { OutcomeFinder, type Outcome } from './outcome.js';
import { readTime } from './time.js';

/** What the page's events tell of a span. Times are microseconds since 1970. */
export interface SpanGroup {
  id: string;
  parent: string;
  begin: number;
  end: number;
  count: number;
  /** its most severe level, as a place in LEVELS */
  worst: number;
  ended: boolean;
  title: string;
  from: string;
  to: string;
  client: string;
  outcome: OutcomeFinder;
  lastRow: number;
}

/** One line of the list: a span, or all spans of a trace. */
export interface Group extends Omit<SpanGroup, 'outcome' | 'parent' | 'lastRow'> {
  spans: number;
  outcomes: () => Outcome[];
}

export interface Groups {
  groups: Group[];
  total: number;
}

const MAX_SPANS = 5_000;
const MAX_DEPTH = 32;
const MAX_WORDS = 200;

/** How long reading may take at once. */
const SLICE_MS = 8;

function readWord(value: Value | undefined): string {
  if (value === undefined || typeof value === 'object' && !Array.isArray(value))
    return '';
  const text = Array.isArray(value) ? value.slice(0, 3).map(String).join(', ') : String(value);
  return text.slice(0, MAX_WORDS);
}

function* listNumbers(from: number, to: number): Generator<number> {
  for (let number = from; number < to; number++)
    yield number;
}

/** Follows a store. */
export class SpanGroups {
  private spans = new Map<string, SpanGroup>();
  private readTo = 0;

  constructor(private readonly store: EventStore) {}

  /** Reads what is new. Answers whether all of it could be read now. */
  update(): boolean {
    const { store } = this;
    const until = performance.now() + SLICE_MS;
    if (store.count === 0)
      this.spans.clear();
    for (const [row, event] of store.readAll(listNumbers(Math.max(this.readTo, store.first), store.end))) {
      if ((row & 31) === 0 && performance.now() > until) {
        this.readTo = row;
        return false;
      }
      this.add(event, row);
    }
    this.readTo = store.end;
    this.forget();
    return true;
  }

  /** Begins anew. */
  clear(): void {
    this.spans.clear();
    this.readTo = 0;
  }

  private add(event: TraceEvent, row: number): void {
    const { data } = event;
    if (data.spanId === undefined)
      return;
    const id = String(data.spanId);
    const time = readTime(event.createdAt);
    let span = this.spans.get(id);
    if (span === undefined) {
      span = {
        id, parent: '', begin: time, end: time, count: 0, worst: LEVELS.length - 1, ended: false, title: event.text.slice(0, MAX_WORDS),
        from: '', to: '', client: '', outcome: new OutcomeFinder(), lastRow: row,
      };
      this.spans.set(id, span);
    }
    if (time < span.begin || event.span === 'start') {
      span.begin = Math.min(span.begin, time);
      span.title = event.text.slice(0, MAX_WORDS);
    }
    span.end = Math.max(span.end, time);
    span.count++;
    span.worst = Math.min(span.worst, LEVELS.indexOf(event.level));
    span.ended = event.span === 'start' ? false : span.ended || event.span === 'end';
    span.parent ||= readWord(data.parentSpanId);
    span.from ||= readWord(data.from);
    span.to ||= readWord(data.to);
    span.client ||= readWord(data.remoteIp);
    span.outcome.add(event);
    span.lastRow = row;
  }

  /** Drops spans whose events have all left the page, and the oldest of too many. */
  private forget(): void {
    for (const [id, span] of this.spans)
      if (span.lastRow < this.store.first)
        this.spans.delete(id);
    if (this.spans.size <= MAX_SPANS)
      return;
    const oldest = [...this.spans.values()].sort((a, b) => a.lastRow - b.lastRow).slice(0, this.spans.size - MAX_SPANS);
    for (const { id } of oldest)
      this.spans.delete(id);
  }

  private findRoot(span: SpanGroup): string {
    let at = span;
    for (let depth = 0; depth < MAX_DEPTH && at.parent !== ''; depth++) {
      const parent = this.spans.get(at.parent);
      if (parent === undefined)
        return at.parent;
      at = parent;
    }
    return at.id;
  }

  /** Lists the newest, the last begun first, and says how many there are in all. */
  list(by: 'span' | 'trace', limit: number): Groups {
    if (by === 'span') {
      const spans = [...this.spans.values()].sort((a, b) => b.begin - a.begin);
      const groups = spans.slice(0, limit).map((span): Group => ({ ...span, spans: 1, outcomes: () => span.outcome.describe() }));
      return { groups, total: spans.length };
    }
    const traces = new Map<string, { root: string; begin: number; spans: SpanGroup[] }>();
    for (const span of this.spans.values()) {
      const root = this.findRoot(span);
      const known = traces.get(root);
      if (known === undefined)
        traces.set(root, { root, begin: span.begin, spans: [span] });
      else {
        known.spans.push(span);
        known.begin = Math.min(known.begin, span.begin);
      }
    }
    const newest = [...traces.values()].sort((a, b) => b.begin - a.begin).slice(0, limit);
    return { groups: newest.map(({ root, spans }) => joinSpans(root, spans)), total: traces.size };
  }
}

function joinSpans(root: string, spans: SpanGroup[]): Group {
  const inOrder = spans.sort((a, b) => a.begin - b.begin);
  const first = inOrder[0]!;
  const find = (get: (span: SpanGroup) => string) => inOrder.map(get).find((word) => word !== '') ?? '';
  return {
    // A span the page knows, so that it can be asked for.
    id: inOrder.find((span) => span.id === root)?.id ?? first.id,
    begin: first.begin,
    end: inOrder.reduce((most, span) => Math.max(most, span.end), 0),
    count: inOrder.reduce((sum, span) => sum + span.count, 0),
    worst: inOrder.reduce((least, span) => Math.min(least, span.worst), LEVELS.length - 1),
    // A span that has others below it is over with them: a message often has no end of its own.
    ended: inOrder.every((span) => span.ended || inOrder.some((other) => other.parent === span.id)),
    title: first.title,
    from: find((span) => span.from),
    to: find((span) => span.to),
    client: find((span) => span.client),
    spans: inOrder.length,
    outcomes: () => OutcomeFinder.join(inOrder.map((span) => span.outcome)).describe(),
  };
}
