// SPDX-License-Identifier: LGPL-2.1-or-later
import type { EventStore, TraceEvent, Value } from '../store/event-store.js';
import { foldName } from './terms.js';

/** Bounds of what is collected. */
const MAX_KEYS = 256;
const MAX_VALUES = 60;
const MAX_LENGTH = 120;
const MAX_EVENTS = 600;

/** The keys, types and values of some of the last events: what one is likely to type. */
export class ValuesSeen {
  readonly keys = new Set<string>();
  readonly types = new Set<string>();
  private readonly values = new Map<string, Set<string>>();
  private looked = 0;

  constructor(private readonly store: EventStore) {}

  /** Looks at what has come; at most at some hundred events. */
  update(): void {
    const { store } = this;
    const from = Math.max(store.first, this.looked, store.end - 20_000);
    const step = Math.max(1, Math.ceil((store.end - from) / MAX_EVENTS));
    const numbers: number[] = [];
    for (let row = store.end - 1; row >= from; row -= step)
      numbers.push(row);
    for (const [, event] of store.readAll(numbers))
      this.take(event);
    this.looked = store.end;
  }

  private take(event: TraceEvent): void {
    if (this.types.size < 1000)
      this.types.add(event.type);
    for (const [key, value] of Object.entries(event.data))
      this.add(key, value);
  }

  private add(key: string, value: Value): void {
    if (Array.isArray(value)) {
      for (const item of value.slice(0, 8))
        this.add(key, item);
      return;
    }
    if (typeof value === 'object')
      return;
    const name = foldName(key);
    let values = this.values.get(name);
    if (values === undefined) {
      if (this.values.size >= MAX_KEYS)
        return;
      this.values.set(name, values = new Set());
      this.keys.add(key);
    }
    const text = String(value);
    if (text === '' || text.length > MAX_LENGTH)
      return;
    values.delete(text);
    values.add(text);
    if (values.size > MAX_VALUES)
      values.delete(values.values().next().value!);
  }

  /** Whether a key has been seen, however its name is written. */
  has(key: string): boolean {
    return this.values.has(foldName(key));
  }

  /** Values of a key, newest first. */
  get(key: string): string[] {
    return [...this.values.get(foldName(key)) ?? []].reverse();
  }
}
