// SPDX-License-Identifier: LGPL-2.1-or-later

/** The levels, from most to least severe; an event's level is kept as its place here, from 1. */
export const LEVELS = ['error', 'warn', 'info', 'debug', 'trace'] as const;
export type Level = typeof LEVELS[number];

/** Set beside the level of an event that is earlier than the match which called it. */
export const BACKFILL = 0x80;

/** Events as they came, still as JSON; all arrays have one entry for each event. */
export interface Batch {
  bytes: Uint8Array;       // UTF-8
  starts: Uint32Array;     // where an event's JSON begins in bytes …
  ends: Uint32Array;       // … and ends
  sequences: Float64Array; // of their ids
  times: Float64Array;     // createdAt, microseconds since 1970
  kinds: Uint8Array;       // level 1 to 5, and perhaps BACKFILL
}

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN = 123;
const CLOSE = 125;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const BACKFILL_END = Uint8Array.from(',"backfill":true}', (c) => c.charCodeAt(0));
const DAY_MICROSECONDS = 86_400_000_000;

/** The text that makes a slice of a batch. */
const decoder = new TextDecoder();

/** Where the items of a JSON array of objects begin and end. */
function findItems(bytes: Uint8Array): number[] {
  const places: number[] = [];
  let depth = 0;
  let start = 0;

  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i];
    if (c === QUOTE) {
      for (i++; i < bytes.length && bytes[i] !== QUOTE; i++)
        if (bytes[i] === BACKSLASH)
          i++;
    } else if (c === OPEN || c === OPEN_LIST) {
      if (depth++ === 1)
        start = i;
    } else if (c === CLOSE || c === CLOSE_LIST) {
      if (--depth === 1)
        places.push(start, i + 1);
    }
  }
  return places;
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++)
    if (bytes[at + i] !== text.charCodeAt(i))
      return false;
  return true;
}

/** Reads `count` digits; NaN where there are others. */
function readDigits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = bytes[i]! - 48;
    if (!(digit >= 0 && digit <= 9))
      return NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Days from 1970 to a date of the Gregorian calendar. */
function countDays(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468;
}

/** Reads `2026-11-22T06:35:06.041377Z`, which is how the daemon always writes a time. */
function readTime(bytes: Uint8Array, at: number): number {
  if (bytes[at + 26] !== 90)
    return NaN;
  const days = countDays(readDigits(bytes, at, 4), readDigits(bytes, at + 5, 2), readDigits(bytes, at + 8, 2));
  const seconds = readDigits(bytes, at + 11, 2) * 3600 + readDigits(bytes, at + 14, 2) * 60 + readDigits(bytes, at + 17, 2);
  return days * DAY_MICROSECONDS + seconds * 1e6 + readDigits(bytes, at + 20, 6);
}

/** Microseconds since 1970 of an RFC 3339 time, with as many decimals as it has up to six. */
export function parseTime(text: string): number {
  const match = /^(.*?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/i.exec(text);
  const seconds = Date.parse(match === null ? text : match[1]! + match[3]!);
  return seconds * 1000 + (match?.[2] === undefined ? 0 : Number(`${match[2]}000000`.slice(0, 6)));
}

function levelFromLetter(letter: number | undefined): number {
  return 1 + 'ewidt'.indexOf(String.fromCharCode(letter ?? 0));
}

/** Reads id, time and level where they stand in what the daemon writes; false if they do not. */
function readHead(batch: Batch, index: number): boolean {
  const { bytes } = batch;
  let at = batch.starts[index]!;
  if (!startsWith(bytes, at, '{"id":"'))
    return false;
  const dot = bytes.indexOf(46, at + 7);
  const end = bytes.indexOf(QUOTE, dot);
  batch.sequences[index] = readDigits(bytes, dot + 1, end - dot - 1);
  if (!startsWith(bytes, end, '","createdAt":"'))
    return false;
  at = end + 15;
  batch.times[index] = readTime(bytes, at);
  if (!startsWith(bytes, at + 27, '","level":"'))
    return false;
  batch.kinds[index] = levelFromLetter(bytes[at + 38]);
  return dot > 0 && !Number.isNaN(batch.sequences[index]) && !Number.isNaN(batch.times[index]) && batch.kinds[index]! > 0;
}

function readWhole(batch: Batch, index: number): void {
  const event = JSON.parse(decoder.decode(batch.bytes.subarray(batch.starts[index], batch.ends[index]))) as
    { id?: string; createdAt?: string; level?: Level; backfill?: boolean };
  batch.sequences[index] = sequenceOf(event.id ?? '');
  batch.times[index] = parseTime(event.createdAt ?? '') || 0;
  batch.kinds[index] = Math.max(1 + LEVELS.indexOf(event.level ?? 'info'), 1) | (event.backfill === true ? BACKFILL : 0);
}

function endsWith(bytes: Uint8Array, end: number, tail: Uint8Array): boolean {
  for (let i = 0; i < tail.length; i++)
    if (bytes[end - tail.length + i] !== tail[i])
      return false;
  return true;
}

/** The sequence of an id `epoch.sequence`; 0 for what is none. */
export function sequenceOf(id: string): number {
  return Number(id.slice(id.indexOf('.') + 1)) || 0;
}

/** The epoch of an id. */
export function epochOf(id: string): string {
  return id.slice(0, id.indexOf('.'));
}

/** Takes a JSON array of events apart. The batch has a copy of the bytes. */
export function readBatch(data: Uint8Array): Batch {
  const places = findItems(data);
  const count = places.length / 2;
  const batch: Batch = {
    bytes: data.slice(),
    starts: new Uint32Array(count),
    ends: new Uint32Array(count),
    sequences: new Float64Array(count),
    times: new Float64Array(count),
    kinds: new Uint8Array(count),
  };
  for (let i = 0; i < count; i++) {
    batch.starts[i] = places[2 * i]!;
    batch.ends[i] = places[2 * i + 1]!;
    if (!readHead(batch, i))
      readWhole(batch, i);
    else if (endsWith(batch.bytes, batch.ends[i]!, BACKFILL_END))
      batch.kinds[i]! |= BACKFILL;
  }
  return batch;
}

/**
 * Leaves out events that someone who has seen everything up to a sequence already has: all up to
 * there that come by themselves, and of the earlier ones that come with a match those in `seen`.
 */
export function skipSeen(batch: Batch, sequence: number, seen: ReadonlySet<number>): Batch {
  const left: number[] = [];
  batch.sequences.forEach((value, index) => {
    const earlier = (batch.kinds[index]! & BACKFILL) !== 0;
    if (earlier ? !seen.has(value) : value > sequence)
      left.push(index);
  });
  if (left.length === batch.kinds.length)
    return batch;
  return {
    bytes: batch.bytes,
    starts: Uint32Array.from(left, (index) => batch.starts[index]!),
    ends: Uint32Array.from(left, (index) => batch.ends[index]!),
    sequences: Float64Array.from(left, (index) => batch.sequences[index]!),
    times: Float64Array.from(left, (index) => batch.times[index]!),
    kinds: Uint8Array.from(left, (index) => batch.kinds[index]!),
  };
}
