// SPDX-License-Identifier: LGPL-2.1-or-later

const LEVEL_COUNT = 5;

/** Counts events by level for each of the last seconds. */
export class Rates {
  private readonly counts: Uint32Array[];
  private readonly seconds: Float64Array;   // which second a place is about
  newest = 0;                               // the last second that has an event

  /** @param length how many seconds are kept */
  constructor(readonly length: number) {
    this.seconds = new Float64Array(length).fill(-1);
    this.counts = Array.from({ length: LEVEL_COUNT }, () => new Uint32Array(length));
  }

  /** @param time in microseconds since 1970; @param level 1 to 5 */
  add(time: number, level: number): void {
    const second = Math.floor(time / 1e6);
    const place = second % this.length;
    const kept = this.seconds[place]!;
    if (!(place >= 0) || kept > second)
      return;
    if (kept < second) {
      this.seconds[place] = second;
      for (const counts of this.counts)
        counts[place] = 0;
    }
    this.counts[level - 1]![place]!++;
    if (second > this.newest)
      this.newest = second;
  }

  /** Events of a level in one second. */
  get(second: number, level: number): number {
    const place = second % this.length;
    return this.seconds[place] === second ? this.counts[level - 1]![place]! : 0;
  }

  clear(): void {
    this.seconds.fill(-1);
    this.newest = 0;
  }
}
