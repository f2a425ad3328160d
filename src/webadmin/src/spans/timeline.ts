// SPDX-License-Identifier: LGPL-2.1-or-later
// Puts the events of a trace in order as a waterfall shows them.
import type { TraceEvent } from '../store/event-store.js';
import { LEVELS } from '../ui/level.js';
import { readTime } from './time.js';

/** A span as far as its events are known. All times are microseconds since 1970. */
export interface SpanNode {
  id: string;
  events: TraceEvent[];
  children: SpanNode[];
  begin: number;
  end: number;
  /** its most severe level, as a place in LEVELS */
  worst: number;
  ended: boolean;
}

export interface EventLine {
  kind: 'event';
  event: TraceEvent;
  time: number;
  depth: number;
  /** the span that begins here */
  span: SpanNode | null;
  /** how long it took, microseconds, where it says so */
  took: number;
}

/** A stretch without events. */
export interface GapLine {
  kind: 'gap';
  from: number;
  to: number;
  depth: number;
}

export type Line = EventLine | GapLine;

export interface Timeline {
  begin: number;
  end: number;
  lines: Line[];
  spans: SpanNode[];
}

/** A gap is told if it is longer than this, and than this share of the whole. */
const GAP_MIN_US = 50_000;
const GAP_SHARE = 0.08;

const MAX_DEPTH = 32;

function makeSpans(events: TraceEvent[]): { all: Map<string, SpanNode>; roots: SpanNode[] } {
  const all = new Map<string, SpanNode>();
  const parents = new Map<string, string>();

  for (const event of events) {
    const id = String(event.data.spanId ?? '');
    const time = readTime(event.createdAt);
    let span = all.get(id);
    if (span === undefined)
      all.set(id, span = { id, events: [], children: [], begin: time, end: time, worst: LEVELS.length - 1, ended: false });
    span.events.push(event);
    span.begin = Math.min(span.begin, time);
    span.end = Math.max(span.end, time);
    span.worst = Math.min(span.worst, LEVELS.indexOf(event.level));
    span.ended ||= event.span === 'end';
    if (event.data.parentSpanId !== undefined)
      parents.set(id, String(event.data.parentSpanId));
  }

  const isBelow = (id: string, ancestor: string) => {
    for (let at: string | undefined = id, depth = 0; at !== undefined && depth < MAX_DEPTH; at = parents.get(at), depth++)
      if (at === ancestor)
        return true;
    return false;
  };
  const roots: SpanNode[] = [];
  for (const span of all.values()) {
    const parent = all.get(parents.get(span.id) ?? '');
    if (parent === undefined || parent === span || isBelow(parent.id, span.id))
      roots.push(span);
    else
      parent.children.push(span);
  }
  return { all, roots };
}

function readTook(event: TraceEvent): number {
  const { elapsed } = event.data;
  return typeof elapsed === 'number' && elapsed > 0 ? elapsed * 1000 : 0;
}

/** @param folded spans of which only the first line is wanted */
export function makeTimeline(events: TraceEvent[], folded: ReadonlySet<string>): Timeline {
  const { all, roots } = makeSpans(events);
  const spans = [...all.values()];
  const begin = spans.reduce((least, span) => Math.min(least, span.begin), Infinity);
  const end = spans.reduce((most, span) => Math.max(most, span.end), -Infinity);
  const least = Math.max(GAP_MIN_US, (end - begin) * GAP_SHARE);
  const lines: Line[] = [];

  const write = (span: SpanNode, depth: number) => {
    const [head, ...rest] = span.events;
    lines.push({ kind: 'event', event: head!, time: readTime(head!.createdAt), depth, span, took: 0 });
    if (folded.has(span.id))
      return;
    const parts: { time: number; event: TraceEvent | null; child: SpanNode | null }[] = [
      ...rest.map((event) => ({ time: readTime(event.createdAt), event, child: null })),
      ...span.children.map((child) => ({ time: child.begin, event: null, child })),
    ];
    // Stable: events of one time stay in the order in which the daemon had them.
    parts.sort((a, b) => a.time - b.time || Number(a.child !== null) - Number(b.child !== null));
    let last = readTime(head!.createdAt);
    for (const { time, event, child } of parts) {
      if (time - last >= least)
        lines.push({ kind: 'gap', from: last, to: time, depth: depth + 1 });
      last = Math.max(last, child?.end ?? time);
      if (child !== null && depth < MAX_DEPTH)
        write(child, depth + 1);
      else if (event !== null)
        lines.push({ kind: 'event', event, time, depth: depth + 1, span: null, took: readTook(event) });
    }
  };
  for (const root of roots.sort((a, b) => a.begin - b.begin))
    write(root, 0);
  return { begin, end, lines, spans };
}

/** Round places on a scale of so many microseconds, at most `count` of them. */
export function chooseTicks(length: number, count: number): number[] {
  if (!(length > 0))
    return [0];
  const raw = length / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10);
  const ticks: number[] = [];
  for (let at = 0; at <= length; at += step)
    ticks.push(at);
  return ticks;
}
