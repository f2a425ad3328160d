// SPDX-License-Identifier: LGPL-2.1-or-later
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../app/i18n.js';
import { setParameters } from '../app/router.js';
import { Marker } from '../filter/marker.js';
import type { TraceEvent } from '../store/event-store.js';
import { epochOf, parseTime, sequenceOf } from '../stream/batch.js';
import { IconButton } from '../ui/button.js';
import { LevelBadge } from '../ui/level.js';
import { formatTime, makeVisible } from './format-value.js';
import { store, streamState } from './model.js';
import { makeDetail } from './row-detail.js';

/** Asks the daemon for one event: the first behind the one before it. */
async function fetchEvent(id: string, signal: AbortSignal): Promise<TraceEvent | null> {
  const before = `${epochOf(id)}.${sequenceOf(id) - 1}`;
  const response = await fetch(`/api/tracing/live?context=event&limit=1&format=ndjson&last-event-id=${encodeURIComponent(before)}`,
    { credentials: 'same-origin', cache: 'no-store', signal });
  if (!response.ok || response.body === null)
    return null;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    text += value ?? '';
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const line = JSON.parse(text.slice(0, end)) as TraceEvent & { control?: string };
      text = text.slice(end + 1);
      if (line.control === undefined || line.control === 'live' || line.control === 'bye') {
        void reader.cancel();
        return line.id === id ? line : null;
      }
    }
    if (done)
      return null;
  }
}

/** Whether the page has an event: another start of the daemon had one with the same number. */
function isShown(id: string): boolean {
  const row = store.findSequence(sequenceOf(id));
  return row >= 0 && store.event(row).id === id;
}

/** The event that the address names, where it is not among those shown. */
export function PinnedEvent({ id }: { id: string | null }) {
  const found = useSignal<TraceEvent | 'gone' | null>(null);
  const place = useRef<HTMLDivElement>(null);
  const isLive = streamState.value.name === 'live';

  useEffect(() => {
    found.value = null;
    if (id === null || !isLive || isShown(id))
      return;
    const abort = new AbortController();
    fetchEvent(id, abort.signal).then((event) => { found.value = event ?? 'gone'; }, () => undefined);
    return () => abort.abort();
  }, [id, isLive]);

  const event = found.value;
  useEffect(() => {
    if (event !== null && event !== 'gone')
      place.current!.replaceChildren(makeDetail(event, -1, new Marker('', [])));
  }, [event]);

  if (event === null)
    return null;
  return (
    <section class="pinned" aria-label={t('The event of the address')}>
      {event === 'gone' ? <p>{t('The event {id} of the address is not held any more.', { id: id! })}</p> : (
        <>
          <p>
            <LevelBadge level={event.level} /> <span class="type">{event.type}</span> {makeVisible(event.text)}
            {' '}<span class="soft">{formatTime(parseTime(event.createdAt), true)}</span>
          </p>
          <div ref={place} />
        </>
      )}
      <IconButton icon="close" label={t('Dismiss')} onClick={() => setParameters({ event: null }, true)} />
    </section>
  );
}
