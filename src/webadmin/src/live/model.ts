// SPDX-License-Identifier: LGPL-2.1-or-later
// What the live view shows: the stream of its filter, and what the page holds of it. It goes on
// while one looks at other views, and is gone when one signs out.
import { computed, effect, signal, untracked } from '@preact/signals';
import { Problem, request, tellSignedOut } from '../app/api.js';
import { navigate, route, setParameters } from '../app/router.js';
import { session } from '../app/session.js';
import { addToHistory } from '../filter/history.js';
import { ValuesSeen } from '../filter/values-seen.js';
import { EventStore, type TraceEvent } from '../store/event-store.js';
import { RowList } from '../store/row-list.js';
import { BACKFILL, type Batch } from '../stream/batch.js';
import { StreamClient, type Notice, type State, type Subscription } from '../stream/client.js';
import { locateInText } from '../stream/problem.js';
import type { Context } from '../stream/protocol.js';
import { findKey } from './catalogue.js';

declare const WORKER_URL: string;

/** Matches to begin with: of everything, and of a filter. */
const LAST_OF_ALL = 2_000;
const LAST_OF_FILTER = 10_000;
const LAST_WITHOUT_END = 1_000_000_000;

/** What is wrong with a filter. */
export interface FilterProblem {
  text: string;     // the filter
  detail: string;
  at: number;       // UTF-16 units into it; -1 if it is about the whole
}

export interface Filter {
  text: string;       // as it was typed
  canonical: string;
  context: Context;
}

export const store = new EventStore();
export const rows = new RowList(store);
export const seen = new ValuesSeen(store);

/** The filter whose stream is shown; null before the first. */
export const filter = signal<Filter | null>(null);
export const filterProblem = signal<FilterProblem | null>(null);
export const streamState = signal<State>({ name: 'connecting' });
export const paused = signal(false);
/** A text, so that all rows are drawn anew only if it changes, not with every other part of the address. */
const marksText = computed(() => JSON.stringify(route.value.parameters.getAll('mark').slice(0, 12)));
/** Texts to mark wherever they are. */
export const highlights = computed(() => JSON.parse(marksText.value) as string[]);
/** Whether the daemon may hold matches earlier than the first shown. */
export const mayHaveEarlier = signal(false);
/** Events of this filter that never came, as far as the daemon could count them. */
export const lost = signal(0);
/** Events that came, without those that only came with a match; and of them those that were new. */
export const matched = { count: 0, live: 0 };
/** The last event considered, and how many milliseconds after its making the last one came. */
export const newest = { cursor: '', lagMs: 0, at: 0 };
/** Moves on when rows have changed, ten times a second at most. */
export const changes = signal(0);
const CHANGES_MS = 100;
let changesTimer: ReturnType<typeof setTimeout> | undefined;

type FrameListener = () => void;
const frameListeners = new Set<FrameListener>();
let frame = 0;
let client: StreamClient | null = null;
let current: Subscription | null = null;
let next: Subscription | null = null;
let replayedRows = 0;
let replaying = true;

/** The page's way to its streams. */
export function getClient(): StreamClient {
  return client ??= new StreamClient(WORKER_URL);
}

/** Calls back in the frame after rows have changed. */
export function onFrame(listener: FrameListener): () => void {
  frameListeners.add(listener);
  return () => frameListeners.delete(listener);
}

/** Has the list drawn anew in the next frame. */
export function touch(): void {
  if (frame !== 0)
    return;
  frame = requestAnimationFrame(() => {
    frame = 0;
    rows.update();
    changesTimer ??= setTimeout(() => {
      changesTimer = undefined;
      changes.value++;
    }, CHANGES_MS);
    for (const listener of frameListeners)
      listener();
  });
}

function takeEvents(batches: Batch[], cursor: string, at: number): void {
  for (const batch of batches) {
    store.append(batch);
    for (let i = batch.kinds.length - 1; i >= 0; i--)
      matched.count += Number((batch.kinds[i]! & BACKFILL) === 0);
    if (replaying)
      replayedRows += batch.kinds.length;
    else
      matched.live += batch.kinds.length;
  }
  const last = batches.at(-1)!;
  newest.cursor = cursor;
  if (!replaying && last.times.length > 0) {
    newest.lagMs = at - last.times[last.times.length - 1]! / 1000;
    newest.at = at;
  }
  touch();
}

function takeNotice(notice: Notice, at: number): void {
  if (notice.kind === 'gap')
    lost.value += notice.dropped ?? 0;
  if (notice.kind === 'refused' && filter.value !== null && notice.problem.position !== null)
    filterProblem.value = {
      text: filter.value.text,
      detail: notice.problem.detail,
      at: filter.value.text === filter.value.canonical ? locateInText(filter.value.canonical, notice.problem.position) : -1,
    };
  store.appendNotice(notice, at * 1000);
  touch();
}

/** Empties the page for a filter that has begun to come. */
function beginAnew(filterNow: Filter): void {
  resume();
  store.clear();
  rows.stretch = null;
  filter.value = filterNow;
  lost.value = 0;
  matched.count = 0;
  matched.live = 0;
  newest.cursor = '';
  newest.at = 0;
  replayedRows = 0;
  replaying = true;
  mayHaveEarlier.value = false;
  touch();
}

function watch(filterNow: Filter, last: number): void {
  let begun = false;
  next?.close();
  const subscription = getClient().watch({ filter: filterNow.canonical, context: filterNow.context }, { after: null, last }, {
    begin: () => {
      if (begun)
        return;
      begun = true;
      if (current !== subscription) {
        current?.close();
        current = subscription;
        next = null;
      }
      beginAnew(filterNow);
    },
    events: (batches, cursor, at) => takeEvents(batches, cursor, at),
    notice: (notice, at) => {
      // What happens to a stream that has not begun is told where the one before is shown.
      filter.value ??= filterNow;
      takeNotice(notice, at);
    },
    replayed: () => {
      if (replaying)
        mayHaveEarlier.value = last < LAST_WITHOUT_END && replayedRows >= last;
      replaying = false;
      touch();
    },
    state: (state) => {
      streamState.value = state;
      if (state.name === 'signed-out')
        tellSignedOut();
    },
  });
  next = subscription;
  streamState.value = { name: 'connecting' };
}

/** Shows what the daemon holds that was not asked for at first. */
export function loadAllEarlier(): void {
  if (filter.value !== null)
    watch(filter.value, LAST_WITHOUT_END);
}

export function retry(): void {
  (next ?? current)?.retry();
}

/** Asks the daemon about a filter; gives its canonical form, or what is wrong with it. */
export async function checkFilter(text: string, signal?: AbortSignal): Promise<string | FilterProblem> {
  if (text.trim() === '')
    return '';
  try {
    const path = `/api/tracing/filter?q=${encodeURIComponent(text)}`;
    return (await request<{ filter: string }>('GET', path, signal === undefined ? {} : { signal })).filter;
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 400)
      throw error;
    return { text, detail: error.detail, at: error.position === undefined ? -1 : locateInText(text, error.position) };
  }
}

let applying = new AbortController();

async function apply(text: string, context: Context): Promise<void> {
  applying.abort();
  applying = new AbortController();
  const { signal: aborted } = applying;
  let canonical = text;
  try {
    const answer = await checkFilter(text, aborted);
    if (aborted.aborted)
      return;
    filterProblem.value = typeof answer === 'string' ? null : answer;
    if (typeof answer !== 'string')
      return;
    canonical = answer;
  } catch {
    // The daemon cannot be asked now: the stream will tell why, and try again.
    if (aborted.aborted)
      return;
  }
  if (filterProblem.value === null)
    addToHistory(text);
  watch({ text, canonical, context }, canonical === '' ? LAST_OF_ALL : LAST_OF_FILTER);
}

/** Asks for another filter, by way of the address. */
export function setFilter(text: string): void {
  const wanted = text.trim();
  if (wanted === (route.value.parameters.get('q') ?? '')) {
    // The same again: it may have been wrong when it was asked for.
    if (filterProblem.value !== null)
      void apply(wanted, filter.value?.context ?? 'span');
    return;
  }
  setParameters({ q: wanted, event: null });
}

/** Says how much flows with a match, by way of the address. */
export function setContext(context: Context): void {
  setParameters({ context: context === 'span' ? null : context, event: null });
}

/** Whether a name is that of a key, as far as the page knows. */
export function isKnownKey(name: string): boolean {
  return findKey(name) !== undefined || seen.has(name);
}

/** The filter as it stands in the address: what actions on values change. */
export function getFilterText(): string {
  return route.value.parameters.get('q') ?? '';
}

/** Marks a text wherever it is, or not any more. */
export function toggleHighlight(text: string): void {
  const parameters = new URLSearchParams(route.value.parameters);
  const others = highlights.value.filter((other) => other !== text);
  parameters.delete('mark');
  for (const other of others.length === highlights.value.length ? [...others, text] : others)
    parameters.append('mark', other);
  navigate(route.value.view, parameters, true);
}

export function pause(): void {
  store.pause();
  paused.value = true;
}

export function resume(): void {
  store.resume(Date.now() * 1000);
  paused.value = false;
  touch();
}

/** Forgets what is shown; the stream goes on. */
export function clear(): void {
  store.clear();
  rows.stretch = rows.stretch;
  mayHaveEarlier.value = false;
  touch();
}

function readContext(text: string | null): Context {
  return text === 'event' || text === 'trace' ? text : 'span';
}

const wanted = computed(() => {
  const { view, parameters } = route.value;
  return view === 'live' || (view === 'spans' && !parameters.has('span')) ? JSON.stringify([parameters.get('q') ?? '', readContext(parameters.get('context'))]) : null;
});
let lastWanted: string | null = null;

function stop(): void {
  applying.abort();
  current?.close();
  next?.close();
  current = next = null;
  lastWanted = null;
  filter.value = null;
  filterProblem.value = null;
  store.clear();
  rows.stretch = null;
  paused.value = false;
  store.resume(0);
  touch();
}

function follow(key: string | null, isSignedOut: boolean, isSignedIn: boolean): void {
  if (isSignedOut)
    stop();
  if (!isSignedIn || key === null || key === lastWanted)
    return;
  lastWanted = key;
  const [text, context] = JSON.parse(key) as [string, Context];
  void apply(text.trim(), context);
}

let started = false;

/** Begins to follow the address and the session; once. */
export function start(): void {
  if (started)
    return;
  started = true;
  effect(() => {
    const key = wanted.value;
    const who = session.value;
    untracked(() => follow(key, who === null, who !== null && who !== undefined));
  });
}

/** The address of what is shown, for when one comes back from another view. */
export function getLastParameters(): Record<string, string | null> {
  const [text, context] = lastWanted === null ? ['', 'span'] : JSON.parse(lastWanted) as [string, string];
  return { q: text, context: context === 'span' ? null : context };
}

/** The events that are shown now, in order. */
export function* listShownEvents(): Generator<TraceEvent> {
  const numbers = Array.from({ length: rows.length }, (_, index) => rows.at(index));
  for (const [, event] of store.readAll(numbers))
    yield event;
}
