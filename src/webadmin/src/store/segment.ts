// SPDX-License-Identifier: LGPL-2.1-or-later

/** Rows of a chunk, and the bytes it begins with and ends at. */
const CHUNK_ROWS = 512;
const CHUNK_FIRST_BYTES = 16 * 1024;
const CHUNK_BYTES = 256 * 1024;

/** The kind of a row that is no event. */
export const NOTICE = 0x40;

/** Some hundred rows that follow each other, their text in one piece of memory. */
export class Chunk {
  base = 0;      // the number of the row at index 0
  start = 0;     // rows before this index have been dropped
  length = 0;    // one more than the last index
  notices = 0;   // how many of its rows are no events
  bytes = new Uint8Array(0);
  readonly ends: Uint32Array;
  readonly times: Float64Array;
  readonly sequences: Float64Array;
  readonly kinds: Uint8Array;

  constructor(rows = CHUNK_ROWS) {
    this.ends = new Uint32Array(rows);
    this.times = new Float64Array(rows);
    this.sequences = new Float64Array(rows);
    this.kinds = new Uint8Array(rows);
  }

  get byteLength(): number {
    return this.bytes.byteLength + this.ends.length * 21;
  }

  private get used(): number {
    return this.length === 0 ? 0 : this.ends[this.length - 1]!;
  }

  /** Adds a row; false if it has no room. */
  push(text: Uint8Array, kind: number, time: number, sequence: number): boolean {
    const { used, length } = this;
    const end = used + text.length;
    if (length === this.kinds.length || (end > CHUNK_BYTES && length > 0))
      return false;
    if (end > this.bytes.length)
      this.grow(end);
    this.bytes.set(text, used);
    this.ends[length] = end;
    this.times[length] = time;
    this.sequences[length] = sequence;
    this.kinds[length] = kind;
    this.length++;
    if (kind === NOTICE)
      this.notices++;
    return true;
  }

  private grow(size: number): void {
    const larger = new Uint8Array(size > CHUNK_BYTES ? size
      : Math.min(Math.max(size, this.bytes.length * 2, CHUNK_FIRST_BYTES), CHUNK_BYTES));
    larger.set(this.bytes.subarray(0, this.used));
    this.bytes = larger;
  }

  /** Gives back the room that will not be used any more. */
  seal(): void {
    if (this.used < this.bytes.length * 0.9)
      this.bytes = this.bytes.slice(0, this.used);
  }

  text(index: number): Uint8Array {
    return this.bytes.subarray(index === 0 ? 0 : this.ends[index - 1]!, this.ends[index]!);
  }
}

/** Rows in order: added at the end, dropped at the beginning. */
export class Segment {
  readonly chunks: Chunk[] = [];
  count = 0;
  bytes = 0;
  private looked = 0;  // where the last search ended

  get first(): number {
    const chunk = this.chunks[0];
    return chunk === undefined ? 0 : chunk.base + chunk.start;
  }

  push(text: Uint8Array, kind: number, time: number, sequence: number, next: number): void {
    let chunk = this.chunks.at(-1);
    const before = chunk?.byteLength ?? 0;
    if (chunk !== undefined && chunk.push(text, kind, time, sequence)) {
      this.bytes += chunk.byteLength - before;
      this.count++;
      return;
    }
    if (chunk !== undefined) {
      chunk.seal();
      this.bytes += chunk.byteLength - before;
    }
    chunk = new Chunk();
    chunk.base = next;
    chunk.push(text, kind, time, sequence);
    this.add(chunk);
  }

  /** Takes a chunk over. */
  add(chunk: Chunk): void {
    this.chunks.push(chunk);
    this.count += chunk.length - chunk.start;
    this.bytes += chunk.byteLength;
  }

  /** Drops the first row; answers whether it was an event. */
  drop(): boolean {
    const chunk = this.chunks[0]!;
    const isNotice = chunk.kinds[chunk.start] === NOTICE;
    if (isNotice)
      chunk.notices--;
    chunk.start++;
    this.count--;
    if (chunk.start === chunk.length) {
      this.bytes -= chunk.byteLength;
      this.chunks.shift();
      this.looked = 0;
    }
    return !isNotice;
  }

  /** The chunk a row is in. */
  find(row: number): Chunk | undefined {
    const { chunks } = this;
    let chunk = chunks[this.looked];
    if (chunk !== undefined && row >= chunk.base && row < chunk.base + chunk.length)
      return row >= chunk.base + chunk.start ? chunk : undefined;
    let low = 0;
    let high = chunks.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      chunk = chunks[middle]!;
      if (row < chunk.base + chunk.start)
        high = middle - 1;
      else if (row >= chunk.base + chunk.length)
        low = middle + 1;
      else {
        this.looked = middle;
        return chunk;
      }
    }
    return undefined;
  }
}
