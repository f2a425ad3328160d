// SPDX-License-Identifier: LGPL-2.1-or-later
import type { TraceEvent } from '../store/event-store.js';
import { CsvWriter } from './formats.js';

/** How long the page may stand still for it. */
const SLICE_MS = 12;

/** Goes through events, and lets the page draw meanwhile. */
async function forEachSlowly(events: Iterable<TraceEvent>, run: (event: TraceEvent) => void): Promise<void> {
  let end = performance.now() + SLICE_MS;
  for (const event of events) {
    run(event);
    if (performance.now() > end) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      end = performance.now() + SLICE_MS;
    }
  }
}

function save(parts: string[], type: string, name: string): void {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name.replace(/[^\w.-]+/g, '_').slice(0, 100);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Lets one save events, one JSON object a line. Gives how many. */
export async function saveNdjson(events: Iterable<TraceEvent>, name: string): Promise<number> {
  const parts: string[] = [];
  await forEachSlowly(events, (event) => parts.push(`${JSON.stringify(event)}\n`));
  save(parts, 'application/x-ndjson', `${name}.ndjson`);
  return parts.length;
}

/** Lets one save events as a table. Gives how many. */
export async function saveCsv(events: () => Iterable<TraceEvent>, name: string): Promise<number> {
  const writer = new CsvWriter();
  await forEachSlowly(events(), (event) => writer.look(event));
  const parts = [writer.writeHead()];
  await forEachSlowly(events(), (event) => parts.push(writer.writeLine(event)));
  save(parts, 'text/csv', `${name}.csv`);
  return parts.length - 1;
}
