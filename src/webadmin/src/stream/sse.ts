// SPDX-License-Identifier: LGPL-2.1-or-later

/** One block of a stream of Server-Sent Events. */
export interface Block {
  event: string;
  id: string | null; // null where the block has no id field
  data: Uint8Array;  // only good until the reader is fed again
}

const LINE_FEED = 10;
const RETURN = 13;
const COLON = 58;
const SPACE = 32;
const EMPTY = new Uint8Array(0);

/** More than any daemon sends in one block; what goes on for longer is no stream of ours. */
export const MAX_BLOCK_BYTES = 64 * 1024 * 1024;

/**
 * Reads the bytes of an event stream (HTML standard, section 9.2.6), without making strings of
 * the data: what the daemon sends in one block can be hundreds of kilobytes.
 */
export class SseReader {
  private rest = EMPTY;    // begins where an unfinished line does
  private restLength = 0;
  private searched = 0;    // bytes of the rest that hold no line feed
  private first = true;
  private event = '';
  private id: string | null = null;
  private data: Uint8Array[] = [];
  private size = 0;
  private readonly decoder = new TextDecoder();

  constructor(private readonly onBlock: (block: Block) => void) {}

  /** Takes what came next. Calls back once for each block it ends. */
  push(chunk: Uint8Array): void {
    let bytes = chunk;
    let from = 0;

    if (this.restLength > 0) {
      bytes = this.append(chunk);
      from = this.searched;
    }
    let begin = 0;
    for (let end = bytes.indexOf(LINE_FEED, from); end >= 0; end = bytes.indexOf(LINE_FEED, begin)) {
      this.takeLine(bytes.subarray(begin, end > begin && bytes[end - 1] === RETURN ? end - 1 : end));
      begin = end + 1;
    }
    this.keep(bytes, begin, chunk === bytes);
  }

  private append(chunk: Uint8Array): Uint8Array {
    const length = this.restLength + chunk.length;
    if (length > MAX_BLOCK_BYTES)
      throw new Error('a line of the stream does not end');
    if (length > this.rest.length) {
      const larger = new Uint8Array(Math.max(length, this.rest.length * 2, 65536));
      larger.set(this.rest.subarray(0, this.restLength));
      this.rest = larger;
    }
    this.rest.set(chunk, this.restLength);
    return this.rest.subarray(0, length);
  }

  private keep(bytes: Uint8Array, begin: number, foreign: boolean): void {
    const length = bytes.length - begin;
    // Lines of a block that goes on must outlive this push.
    this.data = this.data.map((part) => part.slice());
    if (!foreign)
      this.rest.copyWithin(0, begin, bytes.length);
    else if (length > 0) {
      if (this.rest.length < length)
        this.rest = new Uint8Array(Math.max(length, 4096));
      this.rest.set(bytes.subarray(begin));
    }
    this.restLength = length;
    this.searched = length;
    if (length === 0 && this.rest.length > 1024 * 1024)
      this.rest = EMPTY;
  }

  private takeLine(line: Uint8Array): void {
    if (this.first) {
      this.first = false;
      if (line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf)
        line = line.subarray(3);
    }
    if (line.length === 0) {
      this.endBlock();
      return;
    }
    const colon = line.indexOf(COLON);
    if (colon === 0)
      return;
    const name = this.decoder.decode(colon < 0 ? line : line.subarray(0, colon));
    const value = colon < 0 ? EMPTY : line.subarray(line[colon + 1] === SPACE ? colon + 2 : colon + 1);
    if (name === 'data')
      this.addData(value);
    else if (name === 'event')
      this.event = this.decoder.decode(value);
    else if (name === 'id')
      this.id = this.decoder.decode(value);
  }

  private addData(value: Uint8Array): void {
    this.size += value.length;
    if (this.size > MAX_BLOCK_BYTES)
      throw new Error('a block of the stream does not end');
    this.data.push(value);
  }

  private endBlock(): void {
    const { event, id, data } = this;
    this.event = '';
    this.id = null;
    this.data = [];
    this.size = 0;
    if (data.length > 0)
      this.onBlock({ event: event === '' ? 'message' : event, id, data: data.length === 1 ? data[0]! : join(data) });
  }
}

function join(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length + 1, -1)).fill(LINE_FEED);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length + 1;
  }
  return whole;
}
