// SPDX-License-Identifier: LGPL-2.1-or-later
import { BACKFILL, type Batch, type Level } from '../stream/batch.js';
import type { Notice } from '../stream/protocol.js';
import { Rates } from './rates.js';
import { Chunk, NOTICE, Segment } from './segment.js';

/** A value of an event's data. */
export type Value = string | number | boolean | Value[] | NestedEvent;

export interface NestedEvent {
  type: string;
  createdAt?: string;
  level?: Level;
  text?: string;
  details?: string;
  data?: Record<string, Value>;
}

/** An event, as in docs/events.md. */
export interface TraceEvent extends NestedEvent {
  id: string;
  createdAt: string;
  level: Level;
  text: string;
  span?: 'start' | 'end';
  data: Record<string, Value>;
  backfill?: true;
}

/** A row that is no event: something happened to the stream, or to what the page holds of it. */
export type RowNotice = Notice
  | { kind: 'fell-out'; count: number };   // while paused

export interface StoreLimits {
  rows: number;
  bytes: number;
}

/** How many parsed events are kept beside the text. */
const PARSED_ROWS = 512;

const RATE_SECONDS = 320;

/** How many rows, and about how many bytes of them, are read at once. */
const READ_ROWS = 64;
const READ_BYTES = 64 * 1024;

const [COMMA, OPENING, CLOSING] = [44, 91, 93];
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * The last events, and what happened between them, in bounded memory.
 *
 * A row has a number that never changes; rows are `first` up to, not including, `end`. Events are
 * kept as the JSON that came and are read when they are looked at.
 */
export class EventStore {
  readonly rates = new Rates(RATE_SECONDS);
  end = 0;
  dropped = 0;                       // events that have fallen out at the beginning
  private shown = new Segment();
  private pending: Segment | null = null;
  private fellOut = 0;               // events, while paused
  private readonly parsed = new Map<number, TraceEvent | RowNotice>();

  constructor(private readonly limits: StoreLimits = { rows: 100_000, bytes: 64 * 1024 * 1024 }) {}

  get first(): number {
    return this.end - this.shown.count;
  }

  get count(): number {
    return this.shown.count;
  }

  /** Memory that the rows take, pending ones too. */
  get bytes(): number {
    return this.shown.bytes + (this.pending?.bytes ?? 0);
  }

  get paused(): boolean {
    return this.pending !== null;
  }

  /** Events that have come since pause(), and how many of them fell out again. */
  get waiting(): { events: number; fellOut: number } {
    return { events: this.pending === null ? 0 : countEvents(this.pending), fellOut: this.fellOut };
  }

  append(batch: Batch): void {
    for (let i = 0; i < batch.kinds.length; i++) {
      const kind = batch.kinds[i]!;
      this.push(batch.bytes.subarray(batch.starts[i], batch.ends[i]), kind, batch.times[i]!, batch.sequences[i]!);
      this.rates.add(batch.times[i]!, kind & ~BACKFILL);
    }
    this.trim();
  }

  /** @param time when it happened, microseconds since 1970 */
  appendNotice(notice: RowNotice, time: number): void {
    this.push(encoder.encode(JSON.stringify(notice)), NOTICE, time, 0);
    this.trim();
  }

  private push(text: Uint8Array, kind: number, time: number, sequence: number): void {
    (this.pending ?? this.shown).push(text, kind, time, sequence, this.end);
    if (this.pending === null)
      this.end++;
  }

  private trim(): void {
    const { shown, pending, limits } = this;
    const share = pending === null ? 1 : 2;
    for (;;) {
      const rows = shown.count + (pending?.count ?? 0);
      if (rows <= 1 || (rows <= limits.rows && this.bytes <= limits.bytes))
        return;
      // While paused what is shown stays, up to half of what there is room for.
      if (pending === null || pending.count === 0 || shown.count > limits.rows / share || shown.bytes > limits.bytes / share)
        this.dropShown();
      else if (pending.drop())
        this.fellOut++;
    }
  }

  private dropShown(): void {
    this.parsed.delete(this.first);
    if (this.shown.drop())
      this.dropped++;
  }

  /** From now on what comes is kept aside. */
  pause(): void {
    this.pending ??= new Segment();
  }

  /** Shows what has come since pause(); what fell out is told in a row of its own. */
  resume(time: number): void {
    const { pending } = this;
    if (pending === null)
      return;
    this.pending = null;
    if (this.fellOut > 0) {
      const chunk = new Chunk(1);
      chunk.push(encoder.encode(JSON.stringify({ kind: 'fell-out', count: this.fellOut })), NOTICE, pending.chunks[0]?.times[pending.chunks[0].start] ?? time, 0);
      this.adopt(chunk);
    }
    this.fellOut = 0;
    for (const chunk of pending.chunks)
      this.adopt(chunk);
    this.trim();
  }

  private adopt(chunk: Chunk): void {
    chunk.base = this.end - chunk.start;
    this.end += chunk.length - chunk.start;
    this.shown.add(chunk);
  }

  /** Forgets everything. Numbers of rows go on. */
  clear(): void {
    this.shown = new Segment();
    this.pending = this.pending === null ? null : new Segment();
    this.fellOut = 0;
    this.dropped = 0;
    this.parsed.clear();
    this.rates.clear();
  }

  has(row: number): boolean {
    return row >= this.first && row < this.end;
  }

  isNotice(row: number): boolean {
    const chunk = this.shown.find(row);
    return chunk?.kinds[row - chunk.base] === NOTICE;
  }

  /** The level of an event, 1 to 5; 0 of a row that is none. */
  level(row: number): number {
    const chunk = this.shown.find(row);
    const kind = chunk?.kinds[row - chunk.base] ?? NOTICE;
    return kind === NOTICE ? 0 : kind & ~BACKFILL;
  }

  /** Microseconds since 1970. */
  time(row: number): number {
    const chunk = this.shown.find(row);
    return chunk?.times[row - chunk.base] ?? 0;
  }

  /** The JSON of a row. */
  json(row: number): string {
    const chunk = this.shown.find(row);
    return chunk === undefined ? '' : decoder.decode(chunk.text(row - chunk.base));
  }

  /** What is in a row that is an event. */
  event(row: number): TraceEvent {
    return this.read(row) as TraceEvent;
  }

  /** What is in a row that is no event. */
  notice(row: number): RowNotice {
    return this.read(row) as RowNotice;
  }

  private read(row: number): TraceEvent | RowNotice {
    let found = this.parsed.get(row);
    if (found !== undefined) {
      this.parsed.delete(row);
    } else {
      found = JSON.parse(this.json(row)) as TraceEvent | RowNotice;
      if (this.parsed.size >= PARSED_ROWS)
        this.parsed.delete(this.parsed.keys().next().value!);
    }
    this.parsed.set(row, found);
    return found;
  }

  /**
   * Reads the events of rows, and gives them with their numbers. Rows that are none, or are gone, are left out.
   *
   * Many are read at once: a browser keeps each string that it has decoded in a list of its own, and one for each of
   * 100,000 events makes collecting the garbage slow.
   */
  *readAll(numbers: Iterable<number>): Generator<[number, TraceEvent]> {
    let taken: number[] = [];
    let texts: Uint8Array[] = [];
    let length = 1;
    for (const row of numbers) {
      const chunk = this.shown.find(row);
      if (chunk === undefined || chunk.kinds[row - chunk.base] === NOTICE)
        continue;
      const text = chunk.text(row - chunk.base);
      taken.push(row);
      texts.push(text);
      length += text.length + 1;
      if (taken.length === READ_ROWS || length > READ_BYTES) {
        yield* pair(taken, texts, length);
        taken = [];
        texts = [];
        length = 1;
      }
    }
    if (taken.length > 0)
      yield* pair(taken, texts, length);
  }

  /** The row of an event's id; -1 if it is not here. */
  findSequence(sequence: number): number {
    for (const chunk of this.shown.chunks) {
      const index = chunk.sequences.indexOf(sequence, chunk.start);
      if (index >= 0 && index < chunk.length)
        return chunk.base + index;
    }
    return -1;
  }

  /** Events, not notices, from a row on. */
  countEventsFrom(row: number): number {
    let count = 0;
    for (let i = this.shown.chunks.length - 1; i >= 0; i--) {
      const chunk = this.shown.chunks[i]!;
      const from = Math.max(row - chunk.base, chunk.start);
      if (from >= chunk.length)
        break;
      count += chunk.length - from;
      if (chunk.notices > 0)
        for (let index = from; index < chunk.length; index++)
          count -= Number(chunk.kinds[index] === NOTICE);
    }
    return count;
  }

  /**
   * Adds to `rows` the numbers of those with a time in [from, to), both in microseconds.
   *
   * @param begin the first row to look at
   */
  selectTimes(from: number, to: number, begin: number, rows: number[]): void {
    for (const chunk of this.shown.chunks)
      for (let index = Math.max(chunk.start, begin - chunk.base); index < chunk.length; index++) {
        const time = chunk.times[index]!;
        if (time >= from && time < to)
          rows.push(chunk.base + index);
      }
  }
}

/** Reads texts as one list, and puts the events beside their numbers. */
function pair(rows: number[], texts: Uint8Array[], length: number): [number, TraceEvent][] {
  const list = new Uint8Array(length).fill(COMMA);
  let at = 1;
  for (const text of texts) {
    list.set(text, at);
    at += text.length + 1;
  }
  list[0] = OPENING;
  list[length - 1] = CLOSING;
  const events = JSON.parse(decoder.decode(list)) as TraceEvent[];
  return events.map((event, index) => [rows[index]!, event]);
}

function countEvents(segment: Segment): number {
  return segment.count - segment.chunks.reduce((sum, chunk) => sum + chunk.notices, 0);
}
