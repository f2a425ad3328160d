// SPDX-License-Identifier: LGPL-2.1-or-later
import type { EventStore } from './event-store.js';

/** A stretch of time in microseconds since 1970, its end not included. */
export interface Stretch {
  from: number;
  to: number;
}

/** The rows of a store that are to be shown: all, or those of a stretch of time. */
export class RowList {
  private rows: number[] | null = null;
  private head = 0;       // entries of rows that have fallen out
  private spliced = 0;    // such entries that are not there any more
  private looked = 0;     // rows before this one have been looked at
  private stretchNow: Stretch | null = null;

  constructor(readonly store: EventStore) {}

  get stretch(): Stretch | null {
    return this.stretchNow;
  }

  set stretch(stretch: Stretch | null) {
    this.stretchNow = stretch;
    this.rows = stretch === null ? null : [];
    this.head = 0;
    this.spliced = 0;
    this.looked = 0;
    this.update();
  }

  /** How many rows have fallen out at the beginning. */
  get dropped(): number {
    return this.rows === null ? this.store.first : this.spliced + this.head;
  }

  get length(): number {
    return this.rows === null ? this.store.count : this.rows.length - this.head;
  }

  /** The number of the row at a place. */
  at(index: number): number {
    return this.rows === null ? this.store.first + index : this.rows[this.head + index]!;
  }

  /** The place of a row, or where it would be. */
  indexOf(row: number): number {
    if (this.rows === null)
      return row - this.store.first;
    let low = this.head;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.rows[middle]! < row)
        low = middle + 1;
      else
        high = middle;
    }
    return low - this.head;
  }

  has(row: number): boolean {
    return this.store.has(row) && (this.rows === null || this.at(this.indexOf(row)) === row);
  }

  /** Takes in what has changed in the store. */
  update(): void {
    const { rows, stretchNow, store } = this;
    if (rows === null || stretchNow === null)
      return;
    while (this.head < rows.length && rows[this.head]! < store.first)
      this.head++;
    if (this.head > 4096 && this.head > rows.length / 2) {
      rows.splice(0, this.head);
      this.spliced += this.head;
      this.head = 0;
    }
    if (this.looked < store.end)
      store.selectTimes(stretchNow.from, stretchNow.to, Math.max(this.looked, store.first), rows);
    this.looked = store.end;
  }
}
