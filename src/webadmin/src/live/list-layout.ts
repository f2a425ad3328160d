// SPDX-License-Identifier: LGPL-2.1-or-later
import type { RowList } from '../store/row-list.js';

/** How many rows may be open. */
const MAX_OPEN = 100;

/** Rows that leave faster than so many a millisecond cannot be read while they do … */
const RUSH = 0.2;

/** … so that whoever has been overtaken gets a place that stays for so long, within the first tenth. */
const STAY_MS = 2_000;
const STAY_SHARE = 0.1;

/** How long rows are counted to know how fast they leave. */
const COUNT_MS = 500;

/**
 * Where rows stand: all are equally high but the open ones, whose heights are measured.
 *
 * Rows that fall out at the beginning leave a stretch of nothing behind, so that nothing moves
 * under whoever reads; settle() takes it away when nobody scrolls.
 */
export class ListLayout {
  readonly open = new Map<number, number>();  // number of an open row → its height
  head = 0;                                   // height of what stands before the first row
  nothing = 0;                                // height of the stretch that rows have left
  private lastDropped: number;
  private countedAt = 0;
  private countedDropped = 0;
  private leaving = 0;                        // rows a millisecond

  constructor(private readonly rows: RowList, public rowHeight: number) {
    this.lastDropped = rows.dropped;
  }

  private get extras(): [number, number][] {
    return [...this.open].sort(([a], [b]) => a - b).map(([row, height]) => [row, height - this.rowHeight]);
  }

  /** Takes in that rows have fallen out. @param now in milliseconds */
  update(now = performance.now()): void {
    const { rows } = this;
    const fallen = rows.dropped - this.lastDropped;
    this.lastDropped = rows.dropped;
    this.countLeaving(now);
    if (fallen > 0)
      this.nothing += fallen * this.rowHeight;
    for (const [row, height] of this.open)
      if (!rows.has(row)) {
        this.open.delete(row);
        if (fallen > 0)
          this.nothing += height - this.rowHeight;
      }
  }

  private countLeaving(now: number): void {
    const { dropped } = this.rows;
    if (now - this.countedAt < COUNT_MS)
      return;
    this.leaving = Math.max(0, dropped - this.countedDropped) / (now - this.countedAt);
    this.countedAt = now;
    this.countedDropped = dropped;
  }

  /** How far down one must be at least to see rows, and where they leave in a rush, for them to stay a while. */
  get refuge(): number {
    const ahead = this.leaving < RUSH ? 0 : Math.min(this.leaving * STAY_MS, this.rows.length * STAY_SHARE);
    return this.nothing + Math.floor(ahead) * this.rowHeight;
  }

  /** Begins anew with other rows. */
  reset(): void {
    this.open.clear();
    this.nothing = 0;
    this.lastDropped = this.rows.dropped;
  }

  /** Opens a row, and closes the one that has been open for longest if there are too many. */
  openRow(row: number, height: number): void {
    this.open.delete(row);
    this.open.set(row, height);
    if (this.open.size > MAX_OPEN)
      this.open.delete(this.open.keys().next().value!);
  }

  /** Takes the stretch of nothing away; answers how high it was. */
  settle(): number {
    const height = this.nothing;
    this.nothing = 0;
    return height;
  }

  get height(): number {
    let height = this.nothing + this.head + this.rows.length * this.rowHeight;
    for (const one of this.open.values())
      height += one - this.rowHeight;
    return height;
  }

  /** Where the row at a place begins. */
  topOf(index: number): number {
    let top = this.nothing + this.head + index * this.rowHeight;
    if (this.open.size > 0) {
      const row = index < this.rows.length ? this.rows.at(index) : Infinity;
      for (const [other, height] of this.open)
        if (other < row)
          top += height - this.rowHeight;
    }
    return top;
  }

  heightOf(row: number): number {
    return this.open.get(row) ?? this.rowHeight;
  }

  /** The place of the row that covers a height; not beyond the last. */
  indexAt(top: number): number {
    let left = top - this.nothing - this.head;
    let index = 0;
    for (const [row, extra] of this.extras) {
      const place = this.rows.indexOf(row);
      const before = (place - index) * this.rowHeight;
      if (left < before)
        break;
      left -= before;
      index = place;
      if (left < this.rowHeight + extra)
        return index;
      left -= this.rowHeight + extra;
      index++;
    }
    return Math.min(Math.max(index + Math.floor(left / this.rowHeight), 0), Math.max(this.rows.length - 1, 0));
  }
}
