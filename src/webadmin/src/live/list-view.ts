// SPDX-License-Identifier: LGPL-2.1-or-later
import { t } from '../app/i18n.js';
import type { Marker } from '../filter/marker.js';
import type { EventStore } from '../store/event-store.js';
import type { RowList } from '../store/row-list.js';
import { isSameDay } from './format-value.js';
import { ListLayout } from './list-layout.js';
import { actions, makeDetail, type Action } from './row-detail.js';
import { fields, type Field } from './row-content.js';
import { ListRow } from './list-row.js';

export interface ListHost {
  store: EventStore;
  rows: RowList;
  marker(): Marker;
  /** A value was chosen. */
  onField(field: Field, anchor: HTMLElement): void;
  onAction(action: Action, row: number): void;
  /** A row was opened, or closed. */
  onOpen(row: number, open: boolean): void;
  /** Whether the end is followed, and how many events came unseen. */
  onFollow(follow: boolean, unseen: number): void;
}

/** Rows drawn beyond what is seen, above and below; fewer while the end is followed. */
const SPARE_ROWS = 8;
const SPARE_ROWS_AT_END = 3;

/** Where the end runs on faster than anybody reads, what is new is taken in so often and no oftener. */
const RUSH_ROWS = 6;
const RUSH_MS = 100;

/** Characters of chips that a row has room for: so many pixels are not theirs, and one is so wide at least. */
const ROOM_OTHERS = 560;
const ROOM_CHARACTER = 5.5;
const ROOM_LEAST = 60;

/** No frame takes so long, but where all rows in it are other ones. */
const FRAME_MS = 30;

/** How long nobody must have scrolled before the list is put in order. */
const SETTLE_MS = 200;

/** Shows the rows of a list, of which there may be very many: only those that are seen are there. */
export class ListView {
  readonly element = document.createElement('div');
  private readonly space = document.createElement('div');
  private readonly layout: ListLayout;
  private readonly drawn = new Map<number, ListRow>();
  private readonly free: ListRow[] = [];
  private readonly misplaced = new Set<ListRow>();   // stand elsewhere in the document than on the screen
  private readonly observer: ResizeObserver;
  private following = true;
  private active = -1;           // number of the row that keys act on
  private seenEnd = 0;           // rows before this one have been on the screen
  private height = 0;            // of what is seen
  private room = ROOM_LEAST;
  private top = 0;               // how far it is scrolled
  private spaceHeight = -1;
  private mustScroll = false;
  private scrolledAt = -Infinity;
  private jumpedAt = -Infinity;
  private toldAt = 0;
  private withDay = false;
  private made = 0;
  private drawnAt = 0;
  private drawnEnd = 0;
  private rushTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly host: ListHost, private readonly headElement: HTMLElement) {
    this.layout = new ListLayout(host.rows, 24);
    const { element, space } = this;
    element.className = 'list';
    space.className = 'list-space';
    space.tabIndex = 0;
    space.setAttribute('role', 'grid');
    element.append(headElement, space);
    element.addEventListener('scroll', () => this.onScroll(), { passive: true });
    element.addEventListener('click', (event) => this.onClick(event));
    element.addEventListener('keydown', (event) => this.onKeyDown(event));
    element.addEventListener('detail-grown', (event) => this.onGrown(event.target as Node));
    this.observer = new ResizeObserver(() => this.onResize());
    this.observer.observe(element);
    this.observer.observe(headElement);
  }

  focus(): void {
    this.space.focus({ preventScroll: true });
  }

  destroy(): void {
    clearTimeout(this.rushTimer);
    this.observer.disconnect();
  }

  get follows(): boolean {
    return this.following;
  }

  /** The row that keys act on; -1 if there is none. */
  get activeRow(): number {
    return this.host.rows.has(this.active) ? this.active : -1;
  }

  private onResize(): void {
    const rowHeight = parseFloat(getComputedStyle(this.element).getPropertyValue('--row-height')) || 24;
    const room = Math.max(ROOM_LEAST, (this.element.clientWidth - ROOM_OTHERS) / ROOM_CHARACTER);
    this.height = this.element.clientHeight;
    if (room !== this.room) {
      this.room = room;
      for (const [number, row] of this.drawn)
        this.release(number, row);
    }
    this.takeIn();
    if (rowHeight !== this.layout.rowHeight) {
      const index = this.layout.indexAt(this.top);
      this.layout.settle();
      this.layout.rowHeight = rowHeight;
      this.scrollTo(this.layout.topOf(index));
    }
    const grown = this.headElement.offsetHeight - this.layout.head;
    this.layout.head += grown;
    if (grown !== 0 && !this.following && this.top > 0)
      this.scrollTo(this.top + grown);
    this.remeasure();
  }

  /** Draws all rows anew: how they look has changed. */
  redraw(): void {
    this.space.setAttribute('aria-label', t('Events'));
    const focused = this.listButtons().indexOf(document.activeElement as HTMLElement);
    for (const [number, row] of this.drawn)
      this.release(number, row);
    this.remeasure();
    this.listButtons()[focused]?.focus({ preventScroll: true });
  }

  /** Begins anew: other rows are to be shown. */
  reset(): void {
    for (const [number, row] of this.drawn)
      this.release(number, row);
    this.layout.reset();
    this.active = -1;
    this.seenEnd = 0;
    this.following = true;
    this.refresh();
  }

  /** Takes in that rows have come. Belongs into an animation frame. */
  follow(): void {
    const wait = this.drawnAt + RUSH_MS - performance.now();
    if (this.host.store.end - this.drawnEnd < RUSH_ROWS || wait <= 0)
      this.refresh();
    else
      this.rushTimer ??= setTimeout(() => requestAnimationFrame(() => this.refresh()), wait);
  }

  /** Shows what has changed in the rows. Belongs into an animation frame. */
  refresh(): void {
    const { layout, host, space } = this;
    clearTimeout(this.rushTimer);
    this.rushTimer = undefined;
    this.drawnAt = performance.now();
    this.drawnEnd = host.store.end;
    this.takeIn();
    if (!this.scrolling)
      this.settle();
    const { height } = layout;
    if (height !== this.spaceHeight) {
      this.space.style.height = `${height - layout.head}px`;
      this.spaceHeight = height;
    }
    if (this.following && this.top !== Math.max(0, Math.ceil(height - this.height)))
      this.scrollTo(height - this.height);
    else if (this.top < layout.nothing)
      this.scrollTo(layout.refuge);
    space.setAttribute('aria-rowcount', String(host.rows.length));
    this.draw();
    this.tellFollow();
  }

  /** Takes in which rows there are: before anything is asked about places, for the store changes at any time. */
  private takeIn(): void {
    this.host.rows.update();
    this.layout.update();
  }

  /** Whether somebody scrolls now: then no more is done than must be. */
  private get scrolling(): boolean {
    return !this.following && performance.now() - this.scrolledAt <= SETTLE_MS;
  }

  private settle(): void {
    const moved = this.layout.settle();
    if (moved > 0 && !this.following)
      this.scrollTo(this.top - moved);
    else if (moved > 0)
      this.top -= moved;
  }

  /** Has the list scrolled with the next drawing: all that is changed is then laid out once. */
  private scrollTo(top: number): void {
    this.top = Math.max(0, Math.min(Math.round(top), Math.ceil(this.layout.height - this.height)));
    this.mustScroll = true;
  }

  private applyScroll(): void {
    if (!this.mustScroll)
      return;
    this.mustScroll = false;
    const { height } = this.layout;
    if (height !== this.spaceHeight) {
      this.space.style.height = `${height - this.layout.head}px`;
      this.spaceHeight = height;
    }
    this.element.scrollTop = this.top;
    this.top = this.element.scrollTop;
  }

  private onScroll(): void {
    const { scrollTop, scrollHeight } = this.element;
    if (Math.abs(scrollTop - this.top) < 1)
      return;
    const followed = this.following;
    this.takeIn();
    this.top = scrollTop;
    this.scrolledAt = performance.now();
    // What is there, not what is meant to be: a browser scrolls by itself where something shrinks.
    this.following = scrollTop + this.height >= scrollHeight - 3;
    if (scrollTop < this.layout.nothing)
      this.scrollTo(this.layout.refuge);
    this.draw();
    if (this.following !== followed || performance.now() - this.toldAt > RUSH_MS)
      this.tellFollow();
    setTimeout(() => this.settleLater(), SETTLE_MS + 20);
  }

  private settleLater(): void {
    if (!this.scrolling)
      this.refresh();
  }

  private tellFollow(): void {
    const { rows, store } = this.host;
    this.toldAt = performance.now();
    const last = rows.length === 0 ? 0 : this.layout.indexAt(this.top + this.height - this.layout.rowHeight / 2);
    if (rows.length > 0)
      this.seenEnd = Math.max(this.seenEnd, rows.at(last) + 1);
    if (this.following)
      this.seenEnd = store.end;
    this.host.onFollow(this.following, this.following ? 0
      : rows.stretch === null ? store.countEventsFrom(this.seenEnd) : rows.length - rows.indexOf(this.seenEnd));
  }

  private draw(): void {
    const { layout, drawn } = this;
    const { rows, store } = this.host;
    const { length } = rows;
    // Where all rows are other ones, those beyond can wait for the next frame.
    if (this.mustScroll && this.scrolling)
      this.jumpedAt = performance.now();
    const jumps = performance.now() - this.jumpedAt < FRAME_MS;
    const spare = jumps ? 0 : this.following ? SPARE_ROWS_AT_END : SPARE_ROWS;
    const from = length === 0 ? 0 : Math.max(0, layout.indexAt(this.top) - spare);
    const to = length === 0 ? 0 : Math.min(length, layout.indexAt(this.top + this.height) + 1 + (jumps ? 0 : SPARE_ROWS));
    const first = length === 0 ? 0 : rows.at(from);
    const last = length === 0 ? -1 : rows.at(to - 1);
    const withDay = length > 0 && !isSameDay(store.time(rows.at(0)), Date.now() * 1000);

    if (withDay !== this.withDay) {
      this.withDay = withDay;
      this.element.classList.toggle('with-day', withDay);
      for (const [number, row] of drawn)
        this.release(number, row);
    }
    for (const [number, row] of drawn)
      if (number < first || number > last)
        this.release(number, row);
    const fresh: [number, ListRow][] = [];
    let before: ListRow | null = null;
    for (let index = from, top = layout.topOf(from); index < to; index++) {
      const number = rows.at(index);
      let row = drawn.get(number);
      const isNew = row === undefined;
      row ??= this.take(number);
      if (isNew || this.misplaced.has(row))
        this.putInOrder(row, before);
      if (isNew)
        fresh.push([number, row]);
      before = row;
      row.place(top - layout.head, index);
      top += layout.heightOf(number);
    }
    this.putAway();
    this.pointActive();
    // Only when all have their place: what is measured is laid out first.
    if (fresh.map(([number, row]) => this.measure(number, row)).includes(true))
      this.redoAfterGrowth();
    this.applyScroll();
  }

  /**
   * Rows stand in the document as they do on the screen: that is how they are read out. But moving
   * one costs more than filling it, so that it waits while somebody scrolls.
   */
  private putInOrder(row: ListRow, before: ListRow | null): void {
    const { element } = row;
    if (this.scrolling) {
      if (!element.isConnected)
        this.space.append(element);
      this.misplaced.add(row);
      return;
    }
    const place = before === null ? this.space.firstElementChild : before.element.nextElementSibling;
    if (place !== element)
      this.space.insertBefore(element, place);
    this.misplaced.delete(row);
  }

  /** Takes those out of the document that are not used; a row that was used again at once need not be moved. */
  private putAway(): void {
    for (const row of this.free)
      if (this.scrolling)
        row.hide();
      else
        row.element.remove();
  }

  private redoAfterGrowth(): void {
    for (const [number, row] of this.drawn) {
      const index = this.host.rows.indexOf(number);
      row.place(this.layout.topOf(index) - this.layout.head, index);
    }
  }

  /** Takes a row out of the pool, or makes one, and fills it. */
  private take(number: number): ListRow {
    const row = this.free.shift() ?? new ListRow(`event-${++this.made}`);
    const { store } = this.host;
    if (store.isNotice(number))
      row.fillNotice(store.notice(number), store.time(number), this.withDay);
    else
      row.fillEvent(store.event(number), store.time(number), number, this.withDay, this.room, this.host.marker());
    this.setOpen(row, number, this.layout.open.has(number));
    row.setActive(number === this.active);
    this.drawn.set(number, row);
    return row;
  }

  private release(number: number, row: ListRow): void {
    if (row.element.contains(document.activeElement))
      this.focus();
    row.setOpen(null);
    this.drawn.delete(number);
    this.free.push(row);
  }

  private setOpen(row: ListRow, number: number, open: boolean): void {
    row.setOpen(open ? makeDetail(this.host.store.event(number), number, this.host.marker()) : null);
  }

  /** Measures an open row; answers whether its height was another than thought. */
  private measure(number: number, row: ListRow): boolean {
    const known = this.layout.open.get(number);
    if (known === undefined)
      return false;
    const height = row.element.offsetHeight;
    if (Math.abs(height - known) < 1)
      return false;
    this.layout.open.set(number, height);
    return true;
  }

  /** Measures the open rows that are there, and keeps what is seen in its place. */
  private remeasure(): void {
    const { layout } = this;
    const { rows } = this.host;
    this.takeIn();
    const index = rows.length === 0 ? 0 : layout.indexAt(this.top);
    const before = layout.topOf(index);
    for (const [number, row] of this.drawn)
      this.measure(number, row);
    if (!this.following)
      this.scrollTo(this.top + layout.topOf(index) - before);
    this.refresh();
  }

  /** More has come into an open row: what was brought into view shall stay there as a whole. */
  private onGrown(detail: Node): void {
    this.remeasure();
    if (this.layout.open.has(this.active) && this.drawn.get(this.active)?.element.contains(detail))
      this.bringIntoView(this.active);
  }

  /** Opens or closes a row. */
  toggle(number: number): void {
    const { layout, drawn } = this;
    const { store } = this.host;
    if (!store.has(number) || store.isNotice(number))
      return;
    const open = !layout.open.has(number);
    if (open) {
      layout.openRow(number, layout.rowHeight);
      // Who opens a row wants to read it.
      if (this.following && this.host.rows.length > this.height / layout.rowHeight)
        this.following = false;
    } else
      layout.open.delete(number);
    const row = drawn.get(number);
    if (row !== undefined) {
      this.setOpen(row, number, open);
      this.measure(number, row);
    }
    this.setActive(number);
    this.refresh();
    this.host.onOpen(number, open);
    if (open)
      this.bringIntoView(number);
  }

  private bringIntoView(number: number): void {
    const { layout, host } = this;
    this.takeIn();
    const top = layout.topOf(host.rows.indexOf(number));
    const bottom = top + layout.heightOf(number);
    if (top < this.top)
      this.scrollTo(top);
    else if (bottom > this.top + this.height)
      this.scrollTo(Math.min(top, bottom - this.height));
    this.following = this.following && this.top + this.height >= layout.height - 3;
    this.draw();
    this.tellFollow();
  }

  /** Shows a row, in the middle, opened. */
  reveal(number: number): void {
    if (!this.host.rows.has(number))
      return;
    this.following = false;
    this.refresh();
    this.scrollTo(this.layout.topOf(this.host.rows.indexOf(number)) - this.height / 3);
    this.draw();
    if (!this.layout.open.has(number))
      this.toggle(number);
    else
      this.setActive(number);
  }

  setFollowing(follow: boolean): void {
    this.following = follow;
    this.refresh();
  }

  private setActive(number: number): void {
    this.drawn.get(this.active)?.setActive(false);
    this.active = number;
    this.drawn.get(number)?.setActive(true);
    this.pointActive();
  }

  private pointActive(): void {
    const row = this.drawn.get(this.active);
    if (row === undefined)
      this.space.removeAttribute('aria-activedescendant');
    else
      this.space.setAttribute('aria-activedescendant', row.element.id);
  }

  /** Moves the active row by so many. */
  move(by: number): void {
    const { rows } = this.host;
    this.takeIn();
    if (rows.length === 0)
      return;
    const index = rows.has(this.active) ? rows.indexOf(this.active) + by
      : this.following ? rows.length - 1 : this.layout.indexAt(this.top + this.layout.rowHeight / 2);
    const number = rows.at(Math.min(Math.max(index, 0), rows.length - 1));
    // Going up means wanting to stay; going to the last means to follow.
    this.following = number === rows.at(rows.length - 1) && by > 0;
    this.setActive(number);
    this.bringIntoView(number);
    this.focus();
  }

  page(direction: number): void {
    this.move(direction * Math.max(1, Math.floor(this.height / this.layout.rowHeight) - 1));
  }

  goToBegin(): void {
    this.takeIn();
    this.following = false;
    this.settle();
    this.scrollTo(0);
    if (this.host.rows.length > 0)
      this.setActive(this.host.rows.at(0));
    this.refresh();
  }

  goToEnd(): void {
    const { rows } = this.host;
    this.following = true;
    if (rows.length > 0)
      this.setActive(rows.at(rows.length - 1));
    this.refresh();
    this.draw();
  }

  toggleActive(): void {
    if (this.host.rows.has(this.active))
      this.toggle(this.active);
  }

  /** Closes all rows; answers whether one was open. */
  closeAll(): boolean {
    const { open } = this.layout;
    if (open.size === 0)
      return false;
    open.clear();
    for (const [number, row] of this.drawn)
      this.setOpen(row, number, false);
    this.refresh();
    return true;
  }

  private rowOf(target: Element): number {
    const element = target.closest('.row');
    for (const [number, row] of this.drawn)
      if (row.element === element)
        return number;
    return -1;
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as Element;
    const number = this.rowOf(target);
    if (number < 0)
      return;
    const button = target.closest<HTMLElement>('button, [role=button]');
    const field = button === null ? undefined : fields.get(button);
    const action = button === null ? undefined : actions.get(button);
    if (field !== undefined) {
      this.setActive(number);
      this.host.onField(field, button!);
    } else if (action !== undefined)
      this.host.onAction(action, number);
    else if ((button !== null || target.closest('.detail') === null) && getSelection()?.isCollapsed !== false)
      this.toggle(number);
  }

  isOpen(number: number): boolean {
    return this.layout.open.has(number);
  }

  /** Puts the focus on the first value of the active row. */
  enterRow(): void {
    this.moveInRow(1);
  }

  private onKeyDown(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.altKey || event.metaKey)
      return;
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft')
      this.moveInRow(event.key === 'ArrowRight' ? 1 : -1);
    else if (target !== this.space && event.key === 'Escape')
      this.focus();
    else if (target.matches('[role=button]') && (event.key === 'Enter' || event.key === ' '))
      target.click();
    else if (target === this.space && (event.key === 'Enter' || event.key === ' '))
      this.toggleActive();
    else
      return;
    event.preventDefault();
  }

  /** The buttons of the active row. */
  private listButtons(): HTMLElement[] {
    return [...this.drawn.get(this.active)?.element.querySelectorAll<HTMLElement>('button, [role=button]') ?? []]
      .filter((button) => button.offsetParent !== null);
  }

  /** Moves the focus through them. */
  private moveInRow(by: number): void {
    const buttons = this.listButtons();
    if (buttons.length === 0)
      return;
    const index = buttons.indexOf(document.activeElement as HTMLElement) + by;
    if (index < 0)
      this.focus();
    else
      buttons[Math.min(index, buttons.length - 1)]?.focus();
  }
}

