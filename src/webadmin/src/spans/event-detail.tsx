// SPDX-License-Identifier: LGPL-2.1-or-later
import { t } from '../app/i18n.js';
import { href } from '../app/router.js';
import { findKey } from '../live/catalogue.js';
import { formatValue, makeVisible } from '../live/format-value.js';
import type { TraceEvent, Value } from '../store/event-store.js';
import { CopyButton } from '../ui/copy.js';
import { formatMoment } from '../ui/format.js';

const MAX_LENGTH = 4000;

function write(key: string, value: Value): string {
  const text = typeof value === 'object' ? JSON.stringify(value, null, 1) : String(value);
  const formatted = typeof value === 'number' ? formatValue(key, value) : text;
  const shown = makeVisible(formatted === text ? text : `${text} (${formatted})`, true);
  return shown.length > MAX_LENGTH ? `${shown.slice(0, MAX_LENGTH)}…` : shown;
}

/** All that an event holds. */
export function EventDetail({ event }: { event: TraceEvent }) {
  const { id, createdAt, details, data } = event;
  return (
    <div class="fall-facts">
      {details !== undefined && <p>{makeVisible(details.slice(0, MAX_LENGTH), true)}</p>}
      <dl class="facts">
        {Object.entries(data).map(([key, value]) => [
          <dt key={key} title={findKey(key)?.title}>{makeVisible(key)}</dt>,
          <dd key={`${key} value`}>{write(key, value)}</dd>,
        ])}
      </dl>
      <p class="fall-foot">
        <span class="hint">{id} · {formatMoment(createdAt)}</span>
        <a class="button quiet" href={href('live', { q: data.spanId === undefined ? '' : `spanId:="${String(data.spanId).replace(/["\\]/g, '\\$&')}"`, event: id })}>
          {t('Show in the stream')}
        </a>
        <CopyButton text={JSON.stringify(event)} label={t('Copy as JSON')} />
      </p>
    </div>
  );
}
