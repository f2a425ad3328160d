// SPDX-License-Identifier: LGPL-2.1-or-later
import { t } from '../app/i18n.js';
import type { Marker } from '../filter/marker.js';
import type { RowNotice, TraceEvent } from '../store/event-store.js';
import { formatTime, makeVisible } from './format-value.js';
import { describeNotice, weighNotice } from './notice-text.js';
import { EventLine } from './row-content.js';

const LEVEL_CLASS = 'row-';

/** So far above the list nobody sees it. */
const HIDDEN = 10_000;

/** One row on the screen, used for one event after the other. */
export class ListRow {
  readonly element = document.createElement('div');
  private readonly opener = document.createElement('button');
  private readonly line = new EventLine();
  private notice: HTMLElement | null = null;
  private detail: HTMLElement | null = null;
  private top = -1;
  private index = -1;

  constructor(id: string) {
    const { element, opener } = this;
    const cell = document.createElement('span');
    element.id = id;
    element.className = 'row';
    element.setAttribute('role', 'row');
    opener.type = 'button';
    opener.className = 'opener';
    opener.tabIndex = -1;
    cell.className = 'opener-cell';
    cell.setAttribute('role', 'gridcell');
    cell.append(opener);
    this.line.element.prepend(cell);
    element.append(this.line.element);
  }

  place(top: number, index: number): void {
    if (top !== this.top)
      this.element.style.top = `${top}px`;
    if (index !== this.index)
      this.element.setAttribute('aria-rowindex', String(index + 1));
    this.top = top;
    this.index = index;
  }

  /** Takes it from the screen, for some moments. */
  hide(): void {
    this.place(-HIDDEN, this.index);
  }

  fillEvent(event: TraceEvent, time: number, number: number, withDay: boolean, room: number, marker: Marker): void {
    this.notice?.remove();
    this.line.element.hidden = false;
    this.element.className = `row ${LEVEL_CLASS}${event.level}${event.backfill === true ? ' backfill' : ''}`;
    this.line.fill(event, time, number, withDay, room, marker);
  }

  fillNotice(notice: RowNotice, time: number, withDay: boolean): void {
    if (this.notice === null) {
      this.notice = document.createElement('div');
      this.notice.className = 'line notice-line';
      this.notice.setAttribute('role', 'gridcell');
    }
    const when = document.createElement('span');
    const what = document.createElement('span');
    when.className = 'time';
    when.textContent = formatTime(time, withDay);
    what.className = 'notice-text';
    what.textContent = makeVisible(describeNotice(notice));
    what.title = what.textContent;
    this.notice.replaceChildren(when, what);
    this.line.element.hidden = true;
    this.element.className = `row notice notice-${weighNotice(notice)} notice-kind-${notice.kind}`;
    this.element.prepend(this.notice);
  }

  setActive(active: boolean): void {
    this.element.classList.toggle('active', active);
  }

  /** Shows details under the line, or none. */
  setOpen(detail: HTMLElement | null): void {
    this.detail?.remove();
    this.detail = detail;
    this.element.classList.toggle('open', detail !== null);
    this.opener.setAttribute('aria-expanded', String(detail !== null));
    this.opener.setAttribute('aria-label', t('Details'));
    if (detail !== null) {
      detail.setAttribute('role', 'gridcell');
      this.element.append(detail);
    }
  }
}
