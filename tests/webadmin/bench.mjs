// SPDX-License-Identifier: LGPL-2.1-or-later
// How the page does under load: `meson test --benchmark -C BUILD webadmin`, or
//
//   node bench.mjs [--seconds=60] [--rate=2000] [--events=1000000] [--only=follow,scroll,…] [--json=FILE] [--explain]
//
// It prints a table like those of docs/performance.md. --explain tells what ran in long tasks.
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { countCame, countSeen, Distribution, Injector, measureMemory, scrollFor, startFrames, stopFrames, Trace } from './bench-tools.mjs';
import { Browser, Daemon, until } from './harness.mjs';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '2000' },
    events: { type: 'string', default: '1000000' },
    only: { type: 'string' },
    json: { type: 'string' },
    explain: { type: 'boolean', default: false },
  },
});
const SECONDS = Number(options.seconds);
const REFERENCE_SECONDS = Math.min(SECONDS, 20);
const SHORT_SECONDS = Math.min(SECONDS, 10);
const RATE = Number(options.rate);
const EVENTS = Number(options.events);
const only = options.only?.split(',');

/** The goals: no task is longer, and a frame every 16.7 ms. */
const TASK_MS = 50;
const LATE_FRAME_MS = 20;
const GROWTH = 1.05;
const HELD = 100_000;
const SPEED = 2400;   // pixels a second: a hundred rows
const PLAIN_ROWS = 6000;   // more than are scrolled over while the reference is measured
const PATIENCE = 300;

const daemon = await Daemon.start();
const browser = await Browser.start();
const injector = new Injector(daemon);
const table = [];

function tell(work, figure, unit, { reference = '', its, reach = '', reached } = {}) {
  const write = (value) => value === undefined ? '' : typeof value !== 'number' ? value
    : Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : 1);
  const cells = [work, write(figure), unit, reference, write(its), reach, reached === undefined ? '' : reached ? 'reached' : 'NOT REACHED'];
  table.push({ work, figure, unit, reference, its, reach, reached });
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

const open = async (address = '#/live') => {
  const page = await browser.open(daemon, address, { reducedMotion: 'no-preference' });
  page.setDefaultTimeout(60_000);
  return page;
};
const live = (page) => page.locator('.stream-good').waitFor();
const countRows = async (page) => Number(await page.locator('.list-space').getAttribute('aria-rowcount'));
const setVisibility = (page, state) => page.evaluate((value) => {
  Object.defineProperty(document, 'visibilityState', { value, configurable: true });
  Object.defineProperty(document, 'hidden', { value: value === 'hidden', configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}, state);

/** Hands in so many events, and waits until the page has them or has told that it will not. */
async function injectAll(page, count) {
  const before = await countSeen(page);
  await injector.inject(count);
  await until('all events', async () => await countSeen(page) >= before + count, PATIENCE);
}

/** Has the page hold as many events as it ever does. */
async function fill(page) {
  await injectAll(page, HELD + 20_000);
}

/** Gives the tasks of a page while something runs. */
async function traceTasks(page, run) {
  const trace = new Trace(browser);
  await trace.start(page);
  await run();
  const tasks = await trace.stop();
  if (options.explain)
    for (const task of [...tasks].sort((a, b) => b.wallMs - a.wallMs).slice(0, 5))
      process.stderr.write(`  ${task.wallMs.toFixed(1)} ms, ${task.cpuMs.toFixed(1)} of processor\n    ${trace.explain(task).join('\n    ')}\n`);
  return { wall: new Distribution(tasks.map((task) => task.wallMs)), cpu: new Distribution(tasks.map((task) => task.cpuMs)) };
}

function tellTasks(name, { wall, cpu }, reference) {
  tell(`${name}: longest task`, wall.max, 'ms', { reference: reference && 'blank page', its: reference?.wall.max, reach: `≤ ${TASK_MS}`, reached: wall.max <= TASK_MS });
  tell(`${name}: its processor time at most`, cpu.max, 'ms', { reference: reference && 'blank page', its: reference?.cpu.max });
  tell(`${name}: 99 of 100 tasks`, wall.at(0.99), 'ms', { reference: reference && 'blank page', its: reference?.wall.at(0.99) });
}

function tellFrames(name, frames, reference) {
  const its = (get) => ({ reference: 'blank page', its: get(reference) });
  tell(`${name}: frames a second`, 1000 / frames.mean, '', { ...its((one) => 1000 / one.mean), reach: '≥ 59', reached: 1000 / frames.mean >= 59 });
  tell(`${name}: frames after more than ${LATE_FRAME_MS} ms`, frames.shareOver(LATE_FRAME_MS) * 100, '%', its((one) => one.shareOver(LATE_FRAME_MS) * 100));
  tell(`${name}: worst frame`, frames.max, 'ms', its((one) => one.max));
}

/** A page of the same size with a list of nothing: what scrolling costs on this machine. */
async function openBlank() {
  const page = await open('#/status');
  await page.goto(`${daemon.base}/healthz`);
  await page.evaluate((height) => {
    const list = document.createElement('div');
    const space = document.createElement('div');
    list.className = 'list';
    list.style.cssText = 'position: fixed; inset: 140px 0 0; overflow: auto';
    space.style.height = `${height}px`;
    list.append(space);
    document.body.append(list);
  }, HELD * 24);
  return page;
}

/** The same with plain rows that stand still: what drawing text costs on this machine, whoever draws it. */
async function openPlain() {
  const page = await openBlank();
  await page.evaluate((count) => {
    const space = document.querySelector('.list').firstChild;
    space.style.cssText = 'font: 13px/24px system-ui, sans-serif';
    for (let i = 0; i < count; i++) {
      const row = document.createElement('div');
      row.style.cssText = 'height: 24px; overflow: hidden; white-space: nowrap; contain: strict';
      for (const text of [`20:54:10.${100000 + i}`, 'info', 'smtp.rcpt-to', 'Recipient accepted', `to user${i}@example.org`, 'remoteIp 192.0.2.17', `queueId Q${i}`]) {
        const cell = document.createElement('span');
        cell.textContent = text;
        cell.style.marginRight = '12px';
        row.append(cell);
      }
      space.append(row);
    }
  }, PLAIN_ROWS);
  return page;
}

async function measureScroll(page, seconds) {
  await page.evaluate(() => {
    const list = document.querySelector('.list');
    list.scrollTop = list.scrollHeight / 2;
  });
  let frames;
  let late;
  const tasks = await traceTasks(page, async () => {
    late = await injector.during(RATE, async () => {
      await startFrames(page);
      await scrollFor(page, seconds, SPEED);
      frames = await stopFrames(page);
    });
  });
  if (options.explain)
    process.stderr.write(`  frames in every 5 s: ${frames.countIn(5000).join(' ')}\n`);
  return { ...tasks, frames, late };
}

/** Scrolls a page that is there only to be compared with. */
async function measureReference(openReference) {
  const page = await openReference();
  const measured = await measureScroll(page, REFERENCE_SECONDS);
  await page.context().close();
  return measured;
}

let blank = null;
async function getBlank() {
  blank ??= await measureReference(openBlank);
  return blank;
}

const parts = {
  async follow() {
    const reference = await getBlank();
    const page = await open();
    await live(page);
    let late;
    let frames;
    const tasks = await traceTasks(page, async () => {
      late = await injector.during(RATE, async () => {
        await startFrames(page);
        await sleep(SECONDS * 1000);
        frames = await stopFrames(page);
      });
    });
    tell('events a second that came in', late.sent / SECONDS, '', { reach: `${RATE}` });
    tell('following: processor time of the main thread', tasks.cpu.sum / SECONDS / 10, '%', { reference: 'blank page', its: reference.cpu.sum / REFERENCE_SECONDS / 10 });
    tellTasks('following', tasks, reference);
    tellFrames('following', frames, reference.frames);
    await browser.close(page);
  },

  async scroll() {
    const reference = await getBlank();
    const page = await open();
    await live(page);
    await fill(page);
    const { frames, ...tasks } = await measureScroll(page, SECONDS);
    tellTasks('scrolling', tasks, reference);
    tellFrames('scrolling', frames, reference.frames);
    await browser.close(page);
    const plain = await measureReference(openPlain);
    tell('scrolling plain rows: longest task', plain.wall.max, 'ms');
    tell('scrolling plain rows: frames a second', 1000 / plain.frames.mean);
    tell(`scrolling plain rows: frames after more than ${LATE_FRAME_MS} ms`, plain.frames.shareOver(LATE_FRAME_MS) * 100, '%');
    tell('scrolling plain rows: worst frame', plain.frames.max, 'ms');
  },

  async views() {
    const page = await open();
    await live(page);
    await fill(page);
    const run = async (name, prepare, undo = async () => undefined) => {
      const tasks = await traceTasks(page, async () => {
        await injector.during(RATE, async () => {
          await prepare();
          await sleep(SHORT_SECONDS * 1000);
          await undo();
        });
      });
      tellTasks(name, tasks);
    };
    await run('paused, then on', () => page.keyboard.press('p'), () => page.keyboard.press('p'));
    await run('20 rows open', async () => {
      for (let i = 0; i < 20; i++) {
        await page.keyboard.press('k');
        await page.keyboard.press('o');
      }
    }, () => page.keyboard.press('c'));
    await run('a stretch of the strip', async () => {
      await page.getByRole('slider').focus();
      for (const key of ['ArrowLeft', 'ArrowLeft', 'Shift+PageUp', 'Shift+ArrowLeft'])
        await page.keyboard.press(key);
    }, () => page.keyboard.press('Escape'));
    await run('typing a filter', async () => {
      await page.getByRole('combobox', { name: 'Filter' }).focus();
      for (const letter of 'to:jane type:deliv remote')
        await page.keyboard.press(letter);
    }, () => page.getByRole('combobox', { name: 'Filter' }).fill(''));
    await run('marks in all rows', () => page.evaluate(() => { location.hash += '?mark=example&mark=jane&mark=e&mark=192'; }),
      () => page.evaluate(() => { location.hash = '#/live'; }));
    await run('spans', () => page.evaluate(() => { location.hash = '#/spans'; }));
    await run('traces', () => page.evaluate(() => { location.hash = '#/spans?group=trace'; }));
    await browser.close(page);
  },

  async waterfall() {
    const growing = { spanId: 'bench-growing' };
    const make = (count) => Array.from({ length: count }, (_, index) => ({ type: 'delivery.connect', text: `attempt ${index}`, data: { ...growing, to: 'jane@example.org', elapsed: index % 90 } }));
    await daemon.inject([{ type: 'queue.queue-message', span: 'start', data: { ...growing, from: 'jane@example.com' } }, ...make(5000)]);
    const page = await open('#/spans?span=none');
    const tasks = await traceTasks(page, async () => {
      await injector.during(RATE, async () => {
        await page.evaluate(() => { location.hash = '#/spans?span=bench-growing&context=trace'; });
        await page.locator('.fall-row').nth(10).waitFor();
        for (let i = 0; i < SHORT_SECONDS * 5; i++) {
          await daemon.inject(make(20));
          await sleep(200);
        }
      });
    });
    tellTasks('a waterfall of 5,000 events that grows', tasks);
    await browser.close(page);
  },

  async hidden() {
    const page = await open();
    await live(page);
    await setVisibility(page, 'hidden');
    const { subscribers } = await daemon.request('GET', '/api/tracing/subscribers');
    await until('the end of its stream', async () => (await daemon.request('GET', '/api/tracing/subscribers')).subscribers.length < subscribers.length, 60);
    await injector.inject(HELD);
    const before = await countRows(page);
    const tasks = await traceTasks(page, async () => {
      await setVisibility(page, 'visible');
      await until('all', async () => await countRows(page) >= Math.min(before + HELD, HELD), PATIENCE);
      await sleep(1000);
    });
    tellTasks('a hidden tab that comes back after 100,000 events', tasks);
    await browser.close(page);
  },

  async filter() {
    const page = await open();
    await live(page);
    await injector.inject(250_000);   // more than the ring holds
    await until('the rows', async () => await countRows(page) >= HELD, PATIENCE);
    const field = page.getByRole('combobox', { name: 'Filter' });
    let tasks = await traceTasks(page, async () => {
      for (const text of ['example', 'level:trace', 'to:jane', '-type:smtp.*', '']) {
        await field.fill(text);
        await field.press('Enter');
        await page.locator('.stream-good').waitFor();
        await sleep(1500);
      }
    });
    tellTasks('another filter, five times, with a full ring', tasks);
    await page.keyboard.press('Escape');
    await page.locator('.list').click();
    await page.keyboard.press('Home');
    tasks = await traceTasks(page, async () => {
      await page.getByRole('button', { name: 'Show them' }).click();
      await until('the rows', async () => await countRows(page) >= HELD, PATIENCE);
      await sleep(1000);
    });
    tellTasks('all of a full ring of 64 MiB', tasks);
    await browser.close(page);
  },

  async export() {
    const page = await open();
    await live(page);
    await fill(page);
    for (const form of ['NDJSON', 'CSV']) {
      const tasks = await traceTasks(page, async () => {
        await page.getByRole('button', { name: 'Export', exact: true }).click();
        const download = page.waitForEvent('download', { timeout: PATIENCE * 1000 });
        await page.getByRole('menuitem', { name: `Save the events as ${form}` }).click();
        await (await download).delete();
      });
      tellTasks(`100,000 events saved as ${form}`, tasks);
    }
    await browser.close(page);
  },

  async memory() {
    const page = await open();
    await live(page);
    let first = null;
    const held = await countSeen(page);   // from the parts before
    let sent = held;
    // The first figure is of a store that is full, as all that follow are.
    for (const count of [100_000, 200_000, 1_000_000, 10_000_000].filter((one) => one <= Math.max(EVENTS, 200_000))) {
      await injectAll(page, count + held - sent);
      sent = count + held;
      const { heap, buffers, nodes, elements } = await measureMemory(page);
      const all = (heap + buffers) / 1e6;
      const name = `after ${count.toLocaleString('en-GB')} events`;
      tell(`${name}: heap, after collecting the garbage`, all, 'MB', first === null ? {}
        : { reference: 'after 200,000 events', its: first, reach: `≤ ${GROWTH} ×`, reached: all <= GROWTH * first });
      tell(`${name}: elements in the document`, elements, '', { reference: 'nodes that live', its: nodes });
      if (count >= 200_000)
        first ??= all;
    }
    tell('events that came to the page', await countCame(page), '');
    tell('events told as a gap', await countSeen(page) - await countCame(page), '');
    await browser.close(page);
  },
};

process.stdout.write('| work | figure | unit | reference | its figure | to reach | |\n| --- | ---: | --- | --- | ---: | --- | --- |\n');
try {
  for (const name of only ?? Object.keys(parts))
    await parts[name]();
} finally {
  await injector.clear();
  await browser.clear();
  await daemon.clear();
}
if (options.json !== undefined)
  writeFileSync(options.json, `${JSON.stringify(table, null, 1)}\n`);
