// SPDX-License-Identifier: LGPL-2.1-or-later
import { useEffect, useState } from 'preact/hooks';
import { Problem, request, segment, tellSignedOut } from '../app/api.js';
import { quoteValue } from '../filter/terms.js';
import { getClient } from '../live/model.js';
import type { TraceEvent } from '../store/event-store.js';
import type { State, Subscription } from '../stream/client.js';

export interface Trace {
  /** null until they have come */
  events: TraceEvent[] | null;
  /** how many more there are than one answer holds */
  omitted: number;
  problem: Problem | null;
  state: State | null;
  /** events that were lost on the way; null if nobody knows how many */
  lost: number | null;
}

const NOTHING: Trace = { events: null, omitted: 0, problem: null, state: null, lost: 0 };

const decoder = new TextDecoder();

/** What comes in a burst is shown at once; the more there is to show, the rarer. */
const SHOW_EVERY_MS = 100;
const SHOW_EVENTS_PER_MS = 10;

const MAX_EVENTS = 20_000;

/** How long to wait before the daemon is asked again, at first and at most. */
const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 10_000;

/** Gives the events of a span or its trace, and those that still come. */
export function useTrace(id: string, context: 'span' | 'trace'): Trace {
  const [trace, setTrace] = useState(NOTHING);

  useEffect(() => {
    const aborter = new AbortController();
    const known = new Set<string>();
    let subscription: Subscription | null = null;
    let waiting: TraceEvent[] = [];
    let timer = 0;
    let retryTimer = 0;
    let wait = RETRY_FIRST_MS;

    const show = () => {
      timer = 0;
      const come = waiting;
      waiting = [];
      setTrace((before) => ({ ...before, events: [...before.events ?? [], ...come].slice(-MAX_EVENTS) }));
    };
    const take = (events: TraceEvent[]) => {
      for (const event of events)
        if (!known.has(event.id)) {
          known.add(event.id);
          waiting.push(event);
        }
      if (waiting.length > 0 && timer === 0)
        timer = window.setTimeout(show, SHOW_EVERY_MS + known.size / SHOW_EVENTS_PER_MS);
    };
    const follow = (after: string) => {
      subscription = getClient().watch({ filter: `spanId:=${quoteValue(id)}`, context }, { after, last: 0 }, {
        events: (batches) => take(batches.flatMap((batch) => [...batch.starts].map((start, index) =>
          JSON.parse(decoder.decode(batch.bytes.subarray(start, batch.ends[index]))) as TraceEvent))),
        notice: (notice) => {
          if (notice.kind === 'gap')
            setTrace((before) => ({ ...before, lost: notice.dropped === null || before.lost === null ? null : before.lost + notice.dropped }));
        },
        state: (state) => {
          setTrace((before) => ({ ...before, state }));
          if (state.name === 'signed-out')
            tellSignedOut();
        },
      });
    };

    const load = async () => {
      try {
        const { events, omitted = 0 } = await request<{ events: TraceEvent[]; omitted?: number }>('GET',
          `/api/tracing/spans/${segment(id)}?context=${context}`, { signal: aborter.signal });
        for (const event of events)
          known.add(event.id);
        setTrace({ ...NOTHING, events, omitted });
        if (events.length > 0)
          follow(events.at(-1)!.id);
      } catch (error) {
        if (aborter.signal.aborted)
          return;
        const problem = error as Problem;
        setTrace({ ...NOTHING, problem });
        // Who could not be asked, or had no time, is asked again.
        if (problem.status === 0 || problem.status === 429 || problem.status >= 500)
          retryTimer = window.setTimeout(() => void load(), problem.retryAfter === undefined ? wait * (0.5 + Math.random() / 2) : problem.retryAfter * 1000);
        wait = Math.min(2 * wait, RETRY_MOST_MS);
      }
    };

    setTrace(NOTHING);
    void load();
    return () => {
      aborter.abort();
      subscription?.close();
      clearTimeout(timer);
      clearTimeout(retryTimer);
    };
  }, [id, context]);

  return trace;
}
