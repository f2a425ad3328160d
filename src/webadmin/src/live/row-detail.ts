// SPDX-License-Identifier: LGPL-2.1-or-later
// What an opened row shows: all that its event holds.
import { request } from '../app/api.js';
import { t, tn } from '../app/i18n.js';
import { formatMoment } from '../ui/format.js';
import type { Marker } from '../filter/marker.js';
import { quoteValue } from '../filter/terms.js';
import type { NestedEvent, TraceEvent, Value } from '../store/event-store.js';
import { findKey } from './catalogue.js';
import { formatValue, isNested, makeVisible } from './format-value.js';
import { fields, rawValue, setMarked } from './row-content.js';

export type Action = 'copy' | 'link' | 'span' | 'more';

/** What the buttons in details do. */
export const actions = new WeakMap<Element, Action>();

const MAX_MEMBERS = 50;
const MAX_LENGTH = 4_000;
/** Of nested events, all together; an event's own are few enough. */
const MAX_NESTED_VALUES = 500;
const MAX_NESTING = 8;
const MAX_INHERITED = 500;

function make(tag: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...children);
  return element;
}

function makeButton(className: string, ...children: (Node | string)[]): HTMLElement {
  const button = make('button', className, ...children);
  button.setAttribute('type', 'button');
  button.tabIndex = -1;
  return button;
}

function makeAction(action: Action, text: string): HTMLElement {
  const button = makeButton('button quiet', text);
  actions.set(button, action);
  return button;
}

/** Writes details for one row. */
class DetailWriter {
  private nestedValues = 0;

  constructor(private readonly row: number, private readonly marker: Marker) {}

  private writeText(name: string, text: string): HTMLElement {
    const element = make('span', 'value-text');
    setMarked(element, name, makeVisible(text.slice(0, MAX_LENGTH), true), this.marker);
    if (text.length <= MAX_LENGTH)
      return element;
    const more = makeAction('more', tn('… and one more character', '… and {count} more characters', text.length - MAX_LENGTH));
    more.addEventListener('click', (event) => {
      event.stopPropagation();
      setMarked(element, name, makeVisible(text, true), this.marker);
      more.remove();
    });
    return make('span', '', element, more);
  }

  private writeValue(name: string, value: Value, nesting: number): HTMLElement {
    if (Array.isArray(value)) {
      const list = make('span', 'value-list', ...value.slice(0, MAX_MEMBERS).map((item) => this.writeValue(name, item, nesting + 1)));
      if (value.length > MAX_MEMBERS)
        list.append(make('span', 'soft', tn('… and one more', '… and {count} more', value.length - MAX_MEMBERS)));
      return list;
    }
    if (isNested(value))
      return nesting >= MAX_NESTING ? make('span', '', '…') : this.writeNested(value, nesting + 1);
    const button = makeButton('value');
    const text = String(value);
    const formatted = formatValue(name, value);
    button.append(this.writeText(name, text));
    if (formatted !== text && typeof value !== 'string')
      button.append(make('span', 'soft', ` (${formatted})`));
    fields.set(button, { name, value: rawValue(value), row: this.row });
    return button;
  }

  private writeNested(event: NestedEvent, nesting: number): HTMLElement {
    const head = make('div', 'nested-head');
    if (event.level !== undefined)
      head.append(make('span', `level level-${event.level}`, event.level), ' ');
    head.append(make('span', 'nested-type', event.type));
    if (event.text !== undefined)
      head.append(' ', this.writeText('text', event.text));
    if (event.createdAt !== undefined)
      head.append(' ', make('span', 'soft', event.createdAt));
    const nested = make('div', 'nested', head);
    if (event.details !== undefined)
      nested.append(make('div', 'details-text', this.writeText('details', event.details)));
    nested.append(this.writeData(event.data ?? {}, nesting));
    return nested;
  }

  writeData(data: Record<string, Value>, nesting = 0): HTMLElement {
    const list = make('dl', 'data');
    const all = Object.entries(data);
    for (const [index, [name, value]] of all.entries()) {
      if (nesting > 0 && ++this.nestedValues > MAX_NESTED_VALUES) {
        list.append(make('dt', '', '…'), make('dd', 'soft', tn('… and one more', '… and {count} more', all.length - index)));
        break;
      }
      const key = make('dt', '', makeVisible(name));
      const title = findKey(name)?.title;
      if (title !== undefined)
        key.title = title;
      list.append(key, make('dd', '', this.writeValue(name, value, nesting)));
    }
    return list;
  }

  write(event: TraceEvent): HTMLElement {
    const detail = make('div', 'detail');
    const hasSpan = event.data.spanId !== undefined;
    if (event.details !== undefined)
      detail.append(make('div', 'details-text', this.writeText('details', event.details)));
    detail.append(this.writeData(event.data));
    if (hasSpan)
      detail.append(this.writeInherited(event));
    detail.append(make('div', 'detail-foot',
      make('span', 'soft', `${event.id} · ${formatMoment(event.createdAt)}${event.backfill === true ? ` · ${t('sent with a later match')}` : ''}`),
      makeAction('copy', t('Copy as JSON')), makeAction('link', t('Copy link')),
      ...hasSpan ? [makeAction('span', t('Show span'))] : []));
    return detail;
  }

  /** The keys of the span's start hold for all its events, though only the start has them. */
  private writeInherited(event: TraceEvent): HTMLElement {
    const place = make('div', 'inherited');
    const spanId = String(event.data.spanId);
    if (event.span === 'start')
      return place;
    const show = (start: TraceEvent | null) => {
      const data = Object.entries(start?.data ?? {}).filter(([key]) => !(key in event.data));
      if (start === null || start.id === event.id || data.length === 0)
        return;
      place.append(make('div', 'soft', t('From the start of its span:')), this.writeData(Object.fromEntries(data)));
      place.dispatchEvent(new CustomEvent('detail-grown', { bubbles: true }));
    };
    const known = inherited.get(spanId);
    if (known !== undefined)
      show(known);
    else
      void fetchStart(spanId).then(show, () => undefined);
    return place;
  }
}

const inherited = new Map<string, TraceEvent | null>();

/** Asks for the event that began a span. */
async function fetchStart(spanId: string): Promise<TraceEvent | null> {
  const query = `q=${encodeURIComponent(`spanId:=${quoteValue(spanId)} span:start`)}&context=event&limit=1`;
  const { events } = await request<{ events: TraceEvent[] }>('GET', `/api/tracing/events?${query}`);
  const start = events[0] ?? null;
  if (inherited.size >= MAX_INHERITED)
    inherited.delete(inherited.keys().next().value!);
  if (start !== null)
    inherited.set(spanId, start);
  return start;
}

/** Makes the details of an event. */
export function makeDetail(event: TraceEvent, row: number, marker: Marker): HTMLElement {
  return new DetailWriter(row, marker).write(event);
}
