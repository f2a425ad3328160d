// SPDX-License-Identifier: LGPL-2.1-or-later

/**
 * Finds out how far the browser's clock is off the daemon's. The daemon says when it started, to
 * the microsecond, and how many whole seconds ago that was: each answer bounds the difference from
 * both sides, and many answers bound it closely.
 */
export class ClockSkew {
  private low = -Infinity;
  private high = Infinity;

  /** All in milliseconds; `sent` and `received` by this clock, `started` by the daemon's. */
  add(sent: number, received: number, started: number, uptimeSeconds: number): void {
    const earliest = started + uptimeSeconds * 1000;
    const low = sent - (earliest + 1000);
    const high = received - earliest;
    this.low = Math.max(this.low, low);
    this.high = Math.min(this.high, high);
    if (this.low > this.high) {
      // A clock was set.
      this.low = low;
      this.high = high;
    }
  }

  /** What this clock is ahead, in milliseconds: nothing unless it must be. */
  get milliseconds(): number {
    return Math.min(Math.max(0, this.low), this.high);
  }
}
