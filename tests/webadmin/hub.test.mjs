// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading streams, and sharing them, without a browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadModules } from './bundle.mjs';
import { setUp, until } from './harness.mjs';

const { SseReader, Hub, ClockSkew } = await loadModules('stream/sse.ts', 'stream/hub.ts', 'live/clock-skew.ts');
const { daemon } = await setUp({ browser: false });
const encoder = new TextEncoder();

function readAll(text, sizes) {
  const blocks = [];
  const reader = new SseReader(({ event, id, data }) => blocks.push([event, id, new TextDecoder().decode(data)]));
  const bytes = encoder.encode(text);
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length];
    reader.push(bytes.slice(at, at + size));
    at += size;
  }
  return blocks;
}

test('blocks are the same however they are cut', () => {
  const text = '\ufeffevent: hello\nid: a.1\nretry: 2000\ndata: {}\n\n: comment\ndata: one\ndata:two\r\n\r\nevent: empty\n\nid: ü.2\nevent: trace\ndata: [äöü]\n\ndata: unfinished';
  const whole = readAll(text, [text.length * 2]);
  assert.deepEqual(whole, [['hello', 'a.1', '{}'], ['message', null, 'one\ntwo'], ['trace', 'ü.2', '[äöü]']]);
  for (const sizes of [[1], [2, 3], [7], [1, 64], [33]])
    assert.deepEqual(readAll(text, sizes), whole);
});

test('clocks: no difference is assumed that need not be', () => {
  const skew = new ClockSkew();
  assert.equal(skew.milliseconds, 0);
  skew.add(10_000, 10_010, 0, 10);
  assert.equal(skew.milliseconds, 0);
  skew.add(70_500, 70_510, 0, 10);
  skew.add(71_400, 71_410, 0, 11);
  assert.ok(Math.abs(skew.milliseconds - 60_000) < 1000);
});

/** Answers requests for streams instead of the daemon, where it is not null. */
let standIn = null;

globalThis.fetch = new Proxy(globalThis.fetch, {
  apply: (fetch, self, [path, options]) => standIn !== null ? standIn(options) : typeof path === 'string' && path.startsWith('/')
    ? fetch(daemon.base + path, { ...options, headers: { ...options.headers, Authorization: `Bearer ${daemon.token}` } })
    : fetch(path, options),
});

/** A page as the hub sees it. */
class Page {
  ids = [];
  states = [];
  notices = [];
  taken = true;

  constructor(hub) {
    this.hub = hub;
    this.page = hub.addPage({ send: (report) => this.get(report) });
  }

  get(report) {
    if (report.is === 'events') {
      for (const batch of report.batches)
        this.ids.push(...batch.sequences);
      if (this.taken)
        queueMicrotask(() => this.hub.take(this.page, { do: 'ack', id: report.id, bytes: report.batches.reduce((sum, batch) => sum + batch.bytes.byteLength, 0) }));
    } else if (report.is === 'state')
      this.states.push(report.state);
    else if (report.is === 'notice')
      this.notices.push(report.notice);
  }

  get state() {
    const last = this.states.at(-1);
    return last?.name === 'suspended' ? last.why : last?.name;
  }

  watch(filter, start = { after: null, last: 1000 }, id = 1) {
    this.hub.take(this.page, { do: 'watch', id, subject: { filter, context: 'event' }, start });
  }

  show(visible) {
    this.hub.take(this.page, { do: 'page', visible, focused: visible });
  }

  close() {
    this.hub.removePage(this.page);
  }
}

const countStreams = async () => (await daemon.request('GET', '/api/tracing/subscribers')).subscribers.length;
const noStreams = () => until('the end of all streams', async () => await countStreams() === 0);
const inject = (count, data = {}) => daemon.inject(Array.from({ length: count }, (_, index) => ({ type: 'hub.test', data: { number: index, ...data } })));
const isOrdered = (ids) => ids.every((id, index) => index === 0 || id > ids[index - 1]);

test('pages with the same filter share a stream', async () => {
  const hub = new Hub();
  const [first, second] = [new Page(hub), new Page(hub)];
  await inject(500);
  first.watch('type:hub.test');
  await until('the first', () => first.state === 'live');
  second.watch('type:hub.test');
  await inject(100);
  await until('both', () => second.ids.length >= 600 && first.ids.length >= 600);
  await until('one stream', async () => await countStreams() === 1);
  await inject(50);
  await until('the last', () => first.ids.length >= 650 && second.ids.length >= 650);
  assert.deepEqual(first.ids, second.ids);
  assert.equal(first.ids.length, 650);
  assert.ok(isOrdered(first.ids));
  first.close();
  second.close();
  await noStreams();
});

test('there are at most four streams, and the fifth page waits for its turn', async () => {
  const hub = new Hub();
  const pages = ['a', 'b', 'c', 'd', 'e'].map(() => new Page(hub));
  for (const [index, page] of pages.entries()) {
    page.watch(`number:=${index}`);
    page.page.focusedAt = index;
  }
  pages[4].show(true);
  await until('four streams', () => pages.filter((page) => page.state === 'live').length === 4);
  assert.equal(pages[0].state, 'streams');
  await until('the end of its stream', async () => await countStreams() === 4);
  await inject(5);
  pages[0].show(true);
  await until('the first', () => pages[0].state === 'live');
  assert.equal(pages[1].state, 'streams');
  await until('the end of that stream', async () => await countStreams() === 4);
  pages[4].close();
  await until('the second', () => pages[1].state === 'live');
  await until('its event', () => pages[1].ids.length > 0 && isOrdered(pages[1].ids));
  for (const page of pages)
    page.close();
  await noStreams();
});

test('a hidden page is suspended and misses nothing', async () => {
  const hub = new Hub();
  const [seen, hidden] = [new Page(hub), new Page(hub)];
  for (const page of [seen, hidden])
    page.watch('type:hub.test', { after: null, last: 1 });
  await until('both', () => seen.state === 'live' && hidden.state === 'live');
  hidden.show(false);
  // It need not wait as long as a page does.
  hidden.page.hiddenAt = 0;
  seen.show(true);
  assert.equal(hidden.state, 'hidden');
  await inject(1000);
  await until('events', () => seen.ids.length >= 1001);
  hidden.show(true);
  await until('the same', () => hidden.ids.length >= 1001);
  await inject(10);
  await until('more', () => hidden.ids.length >= 1011 && seen.ids.length >= 1011);
  assert.deepEqual(hidden.ids, seen.ids);
  assert.deepEqual(hidden.notices, []);
  await until('one stream', async () => await countStreams() === 1);
  seen.close();
  hidden.close();
  await noStreams();
});

test('a page that takes nothing slows nobody, and gets it all later', async () => {
  const hub = new Hub();
  const [quick, slow] = [new Page(hub), new Page(hub)];
  for (const page of [quick, slow])
    page.watch('type:hub.test', { after: null, last: 1 });
  await until('both', () => quick.state === 'live' && slow.state === 'live');
  slow.taken = false;
  let sent = 0;
  const text = 'x'.repeat(20_000);
  for (let i = 0; i < 40; i++) {
    await inject(20, { text });
    sent += 20;
  }
  await until('the quick one', () => quick.ids.length === sent + 1);
  assert.equal(slow.state, 'slow');
  slow.taken = true;
  hub.take(slow.page, { do: 'ack', id: 1, bytes: 1 << 30 });
  await until('the slow one', () => slow.ids.length >= sent + 1);
  assert.deepEqual(slow.ids, quick.ids);
  quick.close();
  slow.close();
  await noStreams();
});

test('a restart is told, and what it lost', async () => {
  const hub = new Hub();
  const page = new Page(hub);
  await inject(3);
  page.watch('type:hub.test');
  await until('life', () => page.state === 'live');
  await daemon.restart('SIGKILL');
  await until('life again', () => page.states.filter((state) => state.name === 'live').length === 2);
  assert.deepEqual(page.notices.map((notice) => notice.kind), ['offline', 'reconnected', 'restarted', 'gap']);
  assert.equal(page.notices[3].dropped, null);
  page.ids.length = 0;
  await inject(3);
  await until('events', () => page.ids.length === 3);
  page.close();
  await noStreams();
});

test('refusals are told and not repeated', async () => {
  const hub = new Hub();
  const page = new Page(hub);
  page.watch('nosuchkey:1');
  await until('a refusal', () => page.state === 'refused');
  assert.equal(page.notices[0].problem.code, 'unknown-key');
  assert.equal(page.notices[0].problem.position, 2);
  page.close();

  const other = new Page(hub);
  const { token } = daemon;
  daemon.token = 'lt_wrong';
  other.watch('');
  await until('a sign-in', () => other.state === 'signed-out');
  daemon.token = token;
  hub.take(other.page, { do: 'retry', id: 1 });
  await until('life', () => other.state === 'live');
  other.close();
  await noStreams();
});

/** The beginning of a stream that then says nothing, as long as nobody ends it. */
function beginSilentStream(ping, { signal }) {
  const hello = `event: hello\nid: a.1\ndata: ${JSON.stringify({ epoch: 'a', subscriber: 1, filter: '', context: 'event', ping })}\n\nevent: live\ndata: {}\n\n`;
  return new Response(new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode(hello));
      signal.addEventListener('abort', () => controller.error(signal.reason));
    },
  }), { headers: { 'Content-Type': 'text/event-stream' } });
}

test('who says nothing for longer than between two pings is asked again', async () => {
  const hub = new Hub();
  const page = new Page(hub);
  let asked = 0;
  standIn = async (options) => beginSilentStream(++asked === 1 ? 1000 : 3_600_000, options);
  page.watch('');
  await until('another attempt', () => asked === 2);
  await until('life', () => page.state === 'live');
  assert.deepEqual(page.notices.map((notice) => notice.kind), ['offline', 'reconnected']);
  page.close();
  standIn = null;
});

test('when the network is there again, what was begun without it is given up', async () => {
  const hub = new Hub();
  const page = new Page(hub);
  const signals = [];
  // First there is no network, then nobody answers.
  standIn = ({ signal }) => {
    signals.push(signal);
    if (signals.length === 1)
      return Promise.reject(new TypeError('no network'));
    if (signals.length === 3)
      return Promise.resolve(beginSilentStream(3_600_000, { signal }));
    return new Promise((resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  };
  page.watch('');
  await until('the first failure', () => page.state === 'offline');
  hub.online();
  await until('the second attempt', () => signals.length === 2);
  assert.equal(signals[1].aborted, false);
  hub.online();
  assert.equal(signals[1].aborted, true);
  await until('life', () => page.state === 'live');
  assert.equal(signals.length, 3);
  page.close();
  standIn = null;
});
