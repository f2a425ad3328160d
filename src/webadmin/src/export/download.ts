// SPDX-License-Identifier: LGPL-2.1-or-later
import type { TraceEvent } from '../store/event-store.js';
import { CsvWriter } from './formats.js';

/** How long the page may stand still for it. */
const SLICE_MS = 8;

/** So many characters are handed to the browser at once: it copies them. */
const PART_LENGTH = 256 * 1024;

/** Collects the text of a file. */
class Parts {
  readonly blobs: Blob[] = [];
  private text = '';
  count = 0;

  add(line: string): void {
    this.text += line;
    this.count++;
    if (this.text.length >= PART_LENGTH)
      this.flush();
  }

  private flush(): void {
    this.blobs.push(new Blob([this.text]));
    this.text = '';
  }

  save(type: string, name: string): void {
    this.flush();
    const url = URL.createObjectURL(new Blob(this.blobs, { type }));
    const link = document.createElement('a');
    link.href = url;
    link.download = name.replace(/[^\w.-]+/g, '_').slice(0, 100);
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
}

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

/** Lets one save events, one JSON object a line. Gives how many. */
export async function saveNdjson(events: Iterable<TraceEvent>, name: string): Promise<number> {
  const parts = new Parts();
  await forEachSlowly(events, (event) => parts.add(`${JSON.stringify(event)}\n`));
  parts.save('application/x-ndjson', `${name}.ndjson`);
  return parts.count;
}

/** Lets one save events as a table. Gives how many. */
export async function saveCsv(events: () => Iterable<TraceEvent>, name: string): Promise<number> {
  const writer = new CsvWriter();
  await forEachSlowly(events(), (event) => writer.look(event));
  const parts = new Parts();
  parts.add(writer.writeHead());
  await forEachSlowly(events(), (event) => parts.add(writer.writeLine(event)));
  parts.save('text/csv', `${name}.csv`);
  return parts.count - 1;
}
