// SPDX-License-Identifier: LGPL-2.1-or-later
// What bench.mjs measures with.
import { Worker } from 'node:worker_threads';

/** Tasks of a page's main thread are read from the browser's trace, which has those under 50 ms too. */
const CATEGORIES = ['disabled-by-default-devtools.timeline', 'devtools.timeline', 'blink.user_timing'];

export class Injector {
  constructor(daemon) {
    this.worker = new Worker(new URL('bench-injector.mjs', import.meta.url), { workerData: { base: daemon.base, token: daemon.token } });
    this.worker.on('error', (error) => { throw error; });
  }

  wait() {
    return new Promise((resolve) => this.worker.once('message', resolve));
  }

  /** Hands in so many events as fast as they are taken. */
  async inject(count) {
    const done = this.wait();
    this.worker.postMessage({ count });
    await done;
  }

  /** Runs something while so many events a second come in. Gives how late they were at worst, in ms, and how many. */
  async during(rate, run) {
    const done = this.wait();
    this.worker.postMessage({ rate });
    await run();
    this.worker.postMessage({ stop: true });
    return await done;
  }

  async clear() {
    await this.worker.terminate();
  }
}

/** Numbers in order, to ask for the share below which so many of them are. */
export class Distribution {
  constructor(values) {
    this.inOrder = values;
    this.values = Float64Array.from(values).sort();
  }

  /** How many values there are in each stretch of such a sum, in the order in which they were given. */
  countIn(stretch) {
    const counts = [];
    let sum = 0;
    for (const value of this.inOrder) {
      const index = Math.floor(sum / stretch);
      counts[index] = (counts[index] ?? 0) + 1;
      sum += value;
    }
    return counts;
  }

  get count() {
    return this.values.length;
  }

  get max() {
    return this.values.at(-1) ?? 0;
  }

  get mean() {
    return this.count === 0 ? 0 : this.sum / this.count;
  }

  get sum() {
    return this.values.reduce((sum, value) => sum + value, 0);
  }

  at(share) {
    return this.values[Math.min(this.count - 1, Math.floor(this.count * share))] ?? 0;
  }

  shareOver(limit) {
    return this.count === 0 ? 0 : this.values.filter((value) => value > limit).length / this.count;
  }
}

/** Records what the browser does, from start() to stop(). */
export class Trace {
  constructor(browser) {
    this.browser = browser;
  }

  async start(page) {
    this.events = [];
    this.mark = `bench-${Math.random()}`;
    this.session = await this.browser.chromium.newBrowserCDPSession();
    this.session.on('Tracing.dataCollected', ({ value }) => this.events.push(...value));
    await this.session.send('Tracing.start', {
      transferMode: 'ReportEvents',
      traceConfig: { recordMode: 'recordUntilFull', traceBufferSizeInKb: 400 * 1024, includedCategories: CATEGORIES, excludedCategories: ['*'] },
    });
    await page.evaluate((name) => performance.mark(name), this.mark);
  }

  /** Gives the tasks of the page's main thread: { name, wallMs, cpuMs, at } each. */
  async stop() {
    const complete = new Promise((resolve) => this.session.once('Tracing.tracingComplete', resolve));
    await this.session.send('Tracing.end');
    await complete;
    await this.session.detach();
    const mark = this.events.find((event) => event.name === this.mark);
    if (mark === undefined)
      throw new Error('the trace has no mark of the page');
    const own = this.events.filter((event) => event.pid === mark.pid && event.tid === mark.tid && event.ts >= mark.ts);
    this.own = own;
    return own.filter((event) => event.name === 'RunTask' && event.dur !== undefined)
      .map((event) => ({ at: event.ts, wallMs: event.dur / 1000, cpuMs: (event.tdur ?? event.dur) / 1000 }));
  }

  /** What ran within a task, longest first: for whoever looks for the cause. */
  explain({ at, wallMs }) {
    return this.own.filter((event) => event.name !== 'RunTask' && event.ts >= at && event.ts < at + wallMs * 1000 && event.dur > 2000)
      .sort((a, b) => b.dur - a.dur).slice(0, 8)
      .map((event) => `${event.name} ${(event.dur / 1000).toFixed(1)} ms ${event.args?.data?.functionName ?? event.args?.data?.type ?? ''}`);
  }
}

/** Begins to note in a page when frames come. */
export async function startFrames(page) {
  await page.evaluate(() => {
    const bench = globalThis.bench = { times: [], running: true };
    const run = (now) => {
      if (!bench.running)
        return;
      bench.times.push(now);
      requestAnimationFrame(run);
    };
    requestAnimationFrame(run);
  });
}

/** Scrolls a list up and down by the wheel for so long, as far in a second as `speed` says, in pixels. */
export async function scrollFor(page, seconds, speed) {
  const session = await page.context().newCDPSession(page);
  const { x, y, width, height } = await page.locator('.list').boundingBox();
  const end = performance.now() + seconds * 1000;
  for (let up = true; performance.now() < end; up = !up)
    await session.send('Input.synthesizeScrollGesture', {
      x: x + width / 2, y: y + height / 2, yDistance: (up ? 1 : -1) * speed * 4, speed, gestureSourceType: 'mouse', preventFling: true,
    });
  await session.detach();
}

/** Gives the milliseconds between the frames. */
export async function stopFrames(page) {
  const times = await page.evaluate(() => {
    globalThis.bench.running = false;
    return globalThis.bench.times;
  });
  return new Distribution(times.slice(1).map((time, index) => time - times[index]));
}

/** What a page holds, after the garbage is collected. */
export async function measureMemory(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize, embedderHeapUsedSize = 0 } = await session.send('Runtime.getHeapUsage');
  const { nodes } = await session.send('Memory.getDOMCounters');
  await session.detach();
  return { heap: usedSize + embedderHeapUsedSize, buffers: backingStorageSize, nodes, elements: await page.evaluate(() => document.querySelectorAll('*').length) };
}

const readNumber = (text) => Number(text.replace(/\D/g, ''));

/** How many events have come to a page since it was opened, as its figures say. */
export async function countCame(page) {
  return readNumber(await page.locator('.figures [title$="since the filter was set"]').getAttribute('title'));
}

/** The same, with those of which it was told that they will not come. */
export async function countSeen(page) {
  return await countCame(page) + readNumber(await page.locator('.figures dd').nth(2).textContent());
}
