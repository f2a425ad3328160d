// SPDX-License-Identifier: LGPL-2.1-or-later
// What stands in a row. Rows are filled by hand, without a library: at 2,000 events a second all of
// them change in every frame. Whatever an event holds comes in as text.
import { t } from '../app/i18n.js';
import type { Marker } from '../filter/marker.js';
import type { TraceEvent, Value } from '../store/event-store.js';
import { formatTime, formatValue, makeVisible, TELLING_KEYS } from './format-value.js';

/** A value one can act on. */
export interface Field {
  name: string;
  value: string;
  row: number;
}

/** Keys that no row shows: its span has a place of its own, and the demo marks all of its events. */
const HIDDEN_KEYS = ['spanId', 'parentSpanId', 'demo'];

const MAX_CHIPS = 9;
const MAX_CHIP_LENGTH = 96;
const MAX_TEXT_LENGTH = 400;

/** What the elements of values stand for. */
export const fields = new WeakMap<Element, Field>();

/** Writes a text into an element that may hold one already: to change it costs less than to make another. */
function setText(element: Element, text: string): void {
  const { firstChild } = element;
  if (firstChild === null || firstChild.nodeType !== Node.TEXT_NODE || firstChild.nextSibling !== null)
    element.replaceChildren(text);
  else if (firstChild.nodeValue !== text)
    firstChild.nodeValue = text;
}

/** Writes a text with its marks into an element. */
export function setMarked(element: Element, field: string, text: string, marker: Marker): void {
  const marks = marker.find(field, text);
  if (marks.length === 0) {
    setText(element, text);
    return;
  }
  const parts: (Node | string)[] = [];
  let at = 0;
  for (const { start, end, style } of marks) {
    const mark = document.createElement('mark');
    if (style > 0)
      mark.className = `mark-${style}`;
    mark.textContent = text.slice(start, end);
    parts.push(text.slice(at, start), mark);
    at = end;
  }
  element.replaceChildren(...parts, text.slice(at));
}

/** The rest of a text that is too long to be shown whole. */
export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** Which keys a row shows: the telling ones first, then others as they come. */
export function chooseKeys(data: Record<string, Value>): string[] {
  const telling = TELLING_KEYS.filter((key) => key in data);
  if (telling.length >= MAX_CHIPS)
    return telling.slice(0, MAX_CHIPS);
  const others: string[] = [];
  for (const key in data) {
    if (telling.length + others.length >= MAX_CHIPS)
      break;
    if (!TELLING_KEYS.includes(key) && !HIDDEN_KEYS.includes(key))
      others.push(key);
  }
  return [...telling, ...others];
}

/** A value as one would type it. */
export function rawValue(value: Value): string {
  const one = Array.isArray(value) ? value[0] ?? '' : value;
  return typeof one === 'object' ? '' : String(one);
}

function make(tag: string, className: string, role?: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  if (role !== undefined)
    element.setAttribute('role', role);
  return element;
}

/** Not a button element: laying out hundreds of those takes several times as long. */
function makeButton(className: string): HTMLElement {
  const button = make('span', className, 'button');
  button.tabIndex = -1;
  return button;
}

/** The line of an event: its cells are made once and filled again and again. */
export class EventLine {
  readonly element = make('div', 'line');
  private readonly time = make('span', 'time', 'gridcell');
  private readonly level = makeButton('');
  private readonly type = makeButton('type');
  private readonly text = make('span', 'text', 'gridcell');
  private readonly chips = make('span', 'row-chips', 'gridcell');
  private readonly chipList: { chip: HTMLElement; key: HTMLElement; value: HTMLElement }[] = [];
  private readonly span = makeButton('span-chip');

  constructor() {
    const levelCell = make('span', 'level-cell', 'gridcell');
    const typeCell = make('span', 'type-cell', 'gridcell');
    levelCell.append(this.level);
    typeCell.append(this.type);
    const spanCell = make('span', 'span-cell', 'gridcell');
    this.span.append(make('span', 'span-sign'), make('span', 'chip-value'));
    spanCell.append(this.span);
    this.element.append(this.time, levelCell, typeCell, this.text, this.chips, spanCell);
  }

  /** @param room how many characters its chips may take */
  fill(event: TraceEvent, time: number, row: number, withDay: boolean, room: number, marker: Marker): void {
    const { data, level, type } = event;
    setText(this.time, formatTime(time, withDay));
    this.level.className = `level level-${level}`;
    setText(this.level, level);
    fields.set(this.level, { name: 'level', value: level, row });
    setMarked(this.type, 'type', type, marker);
    fields.set(this.type, { name: 'type', value: type, row });
    setMarked(this.text, 'text', makeVisible(shorten(event.text, MAX_TEXT_LENGTH)), marker);
    const keys = chooseKeys(data);
    let count = 0;
    // What would be cut off anyway need not be there.
    for (let length = 0; count < keys.length && length < room; count++)
      length += this.fillChip(count, keys[count]!, data[keys[count]!]!, row, marker);
    for (let index = count; index < this.chipList.length; index++)
      this.chipList[index]!.chip.hidden = true;
    this.fillSpan(data.spanId, row);
  }

  private fillChip(index: number, name: string, value: Value, row: number, marker: Marker): number {
    let chip = this.chipList[index];
    if (chip === undefined) {
      chip = { chip: makeButton('row-chip'), key: make('span', 'chip-key'), value: make('span', 'chip-value') };
      chip.chip.append(chip.key, chip.value);
      this.chips.append(chip.chip);
      this.chipList.push(chip);
    }
    chip.chip.hidden = false;
    const text = shorten(makeVisible(formatValue(name, value).slice(0, 4 * MAX_CHIP_LENGTH)), MAX_CHIP_LENGTH);
    setText(chip.key, shorten(name, 40));
    setMarked(chip.value, name, text, marker);
    fields.set(chip.chip, { name, value: rawValue(value), row });
    return name.length + text.length + 3;
  }

  private fillSpan(id: Value | undefined, row: number): void {
    if (id === undefined || typeof id === 'object') {
      this.span.hidden = true;
      return;
    }
    this.span.hidden = false;
    setText(this.span.lastElementChild!, shorten(makeVisible(String(id)), 24));
    this.span.title = t('Span');
    fields.set(this.span, { name: 'spanId', value: String(id), row });
  }
}
