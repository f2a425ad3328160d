// SPDX-License-Identifier: LGPL-2.1-or-later
// What the page holds: in bounded memory, in order, nothing lost that it does not tell.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadModules } from './bundle.mjs';

const { EventStore, ListLayout, RowList, readBatch, skipSeen, Rates } = await loadModules('store/event-store.ts', 'store/row-list.ts', 'store/rates.ts', 'stream/batch.ts',
  'live/list-layout.ts');

const encoder = new TextEncoder();
const START = Date.UTC(2026, 10, 22, 6, 35, 6) * 1000;

function makeEvent(sequence, { level = 'info', at = START + sequence * 1000, text = `event ${sequence}`, data = {}, backfill = false } = {}) {
  const time = `${new Date(Math.floor(at / 1000)).toISOString().slice(0, 19)}.${String(at % 1e6).padStart(6, '0')}Z`;
  return { id: `7c1fa2b0.${sequence}`, createdAt: time, level, type: 'test.event', text, data, ...(backfill && { backfill: true }) };
}

function makeBatch(from, count, options) {
  return readBatch(encoder.encode(JSON.stringify(Array.from({ length: count }, (_, index) => makeEvent(from + index, options)))));
}

test('a batch is taken apart without being parsed', () => {
  const events = [makeEvent(1, { level: 'error', data: { a: '}]"\\', b: [{ type: 'x', data: { c: [1, [2]] } }] } }),
    makeEvent(2, { level: 'trace', backfill: true }), makeEvent(3, { data: { backfill: true } })];
  const batch = readBatch(encoder.encode(JSON.stringify(events)));

  assert.deepEqual([...batch.sequences], [1, 2, 3]);
  assert.deepEqual([...batch.kinds], [1, 5 | 0x80, 3]);
  assert.deepEqual([...batch.times], events.map((event) => Date.parse(`${event.createdAt.slice(0, 19)}Z`) * 1000 + Number(event.createdAt.slice(20, 26))));
  events.forEach((event, index) =>
    assert.deepEqual(JSON.parse(new TextDecoder().decode(batch.bytes.subarray(batch.starts[index], batch.ends[index]))), event));
});

test('events with members in another order are read too', () => {
  const [event] = [makeEvent(7, { level: 'warn' })];
  const batch = readBatch(encoder.encode(`[ { "level" : "warn", "createdAt":"2026-11-22T07:35:06.007+01:00", "id":"7c1fa2b0.7","type":"a","text":"","data":{} } ]`));

  assert.equal(batch.sequences[0], 7);
  assert.equal(batch.kinds[0], 2);
  assert.equal(batch.times[0], readBatch(encoder.encode(JSON.stringify([event]))).times[0]);
});

test('times before 1970 and in leap years are right', () => {
  for (const moment of ['1969-12-31T23:59:59.999999Z', '2000-02-29T12:00:00.000001Z', '2024-12-31T23:59:59.000000Z', '2100-03-01T00:00:00.500000Z']) {
    const batch = readBatch(encoder.encode(JSON.stringify([{ ...makeEvent(1), createdAt: moment }])));
    assert.equal(batch.times[0], Date.parse(`${moment.slice(0, 19)}Z`) * 1000 + Number(moment.slice(20, 26)));
  }
});

test('who has seen events does not get them again', () => {
  const batch = readBatch(encoder.encode(JSON.stringify([makeEvent(3, { backfill: true }), makeEvent(4, { backfill: true }), makeEvent(8), makeEvent(9)])));

  assert.deepEqual([...skipSeen(batch, 8, new Set([4])).sequences], [3, 9]);
  assert.equal(skipSeen(batch, 0, new Set()), batch);
});

test('rows come back as they came', () => {
  const store = new EventStore();
  store.append(makeBatch(1, 2000, { data: { to: 'jürgen@example.org' } }));
  store.appendNotice({ kind: 'gap', dropped: 12, after: 'a', before: 'b' }, START);
  store.append(makeBatch(2001, 10));

  assert.equal(store.count, 2011);
  assert.equal(store.event(1500).id, '7c1fa2b0.1501');
  assert.equal(store.event(1500).data.to, 'jürgen@example.org');
  assert.equal(store.isNotice(2000), true);
  assert.equal(store.notice(2000).dropped, 12);
  assert.equal(store.level(2000), 0);
  assert.equal(store.level(2001), 3);
  assert.equal(store.event(2010).id, '7c1fa2b0.2010');
  assert.equal(store.findSequence(2005), 2005);
  assert.equal(store.findSequence(5000), -1);
  assert.equal(store.countEventsFrom(1990), 20);
});

test('many rows are read at once, whatever is between them', () => {
  const store = new EventStore({ rows: 300, bytes: 64 * 1024 * 1024 });
  store.append(makeBatch(1, 200));
  store.appendNotice({ kind: 'gap', dropped: 12, after: 'a', before: 'b' }, START);
  store.append(makeBatch(201, 3, { text: `ü"\\,] ${'x'.repeat(60_000)}` }));
  store.append(makeBatch(204, 200));

  const numbers = [0, 1, ...Array.from({ length: 300 }, (_, index) => store.first + index), 404, 1000];
  const read = [...store.readAll(numbers)];
  const wanted = numbers.filter((row) => store.has(row) && !store.isNotice(row));
  assert.deepEqual(read.map(([row]) => row), wanted);
  assert.equal(read.length, 299);
  for (const [row, event] of read)
    assert.deepEqual(event, store.event(row));
  assert.deepEqual([...store.readAll([])], []);
});

test('a backfilled event is an event', () => {
  const store = new EventStore();
  store.append(makeBatch(1, 3, { level: 'debug', backfill: true }));
  assert.equal(store.isNotice(0), false);
  assert.equal(store.level(0), 4);
  assert.equal(store.countEventsFrom(0), 3);
});

test('the number of rows is bounded', () => {
  const store = new EventStore({ rows: 1000, bytes: 64 << 20 });
  for (let from = 1; from < 20_000; from += 100)
    store.append(makeBatch(from, 100));

  assert.equal(store.count, 1000);
  assert.equal(store.dropped, 19_000);
  assert.equal(store.event(store.first).id, '7c1fa2b0.19001');
  assert.equal(store.has(store.first - 1), false);
  assert.equal(store.json(store.first - 1), '');
});

test('memory is bounded, whatever the events hold', () => {
  const limit = 4 << 20;
  const store = new EventStore({ rows: 100_000, bytes: limit });
  for (let from = 1; from < 3000; from += 10) {
    store.append(makeBatch(from, 10, { text: 'x'.repeat(from % 7 === 0 ? 300_000 : 2000) }));
    assert.ok(store.bytes <= limit, `${store.bytes} bytes`);
  }
  assert.ok(store.count > 3);
  assert.equal(store.event(store.end - 1).id, '7c1fa2b0.3000');
});

test('an event larger than all room is shown alone', () => {
  const store = new EventStore({ rows: 10, bytes: 100_000 });
  store.append(makeBatch(1, 3));
  store.append(makeBatch(4, 1, { text: 'x'.repeat(200_000) }));
  assert.equal(store.count, 1);
  store.append(makeBatch(5, 1));
  assert.equal(store.event(store.end - 1).text, 'event 5');
});

test('a pause loses nothing that there is room for', () => {
  const store = new EventStore({ rows: 1000, bytes: 64 << 20 });
  store.append(makeBatch(1, 100));
  store.pause();
  store.append(makeBatch(101, 500));
  assert.equal(store.count, 100);
  assert.deepEqual(store.waiting, { events: 500, fellOut: 0 });
  store.resume(START);
  assert.equal(store.count, 600);
  for (let row = 0; row < 600; row++)
    assert.equal(store.event(row).id, `7c1fa2b0.${row + 1}`);
});

test('what falls out in a pause is told to the number', () => {
  const store = new EventStore({ rows: 1000, bytes: 64 << 20 });
  store.append(makeBatch(1, 800));
  store.pause();
  for (let from = 801; from < 5801; from += 100)
    store.append(makeBatch(from, 100));
  // Half of the room is left to what one looks at.
  assert.equal(store.count, 500);
  assert.deepEqual(store.waiting, { events: 500, fellOut: 4500 });
  assert.equal(store.event(store.end - 1).id, '7c1fa2b0.800');
  store.resume(START);
  assert.equal(store.count, 1000);
  assert.equal(store.event(store.end - 1).id, '7c1fa2b0.5800');
  const notices = Array.from({ length: store.count }, (_, index) => store.first + index).filter((row) => store.isNotice(row));
  assert.equal(notices.length, 1);
  assert.deepEqual(store.notice(notices[0]), { kind: 'fell-out', count: 4500 });
  assert.equal(store.event(notices[0] - 1).id, '7c1fa2b0.800');
  assert.equal(store.event(notices[0] + 1).id, '7c1fa2b0.5301');
});

test('a stretch of time shows just its rows, and goes on doing so', () => {
  const store = new EventStore({ rows: 1000, bytes: 64 << 20 });
  const rows = new RowList(store);
  store.append(makeBatch(1, 1000));
  rows.stretch = { from: START + 500_000, to: START + 600_000 };
  assert.equal(rows.length, 100);
  assert.equal(store.event(rows.at(0)).id, '7c1fa2b0.500');
  assert.equal(rows.indexOf(rows.at(40)), 40);
  store.append(makeBatch(1001, 10, { at: START + 550_000 }));
  store.append(makeBatch(2000, 540));
  rows.update();
  assert.equal(rows.length, 59);
  assert.equal(rows.dropped, 51);
  assert.equal(store.event(rows.at(0)).id, '7c1fa2b0.551');
  assert.equal(store.event(rows.at(58)).id, '7c1fa2b0.1010');
  rows.stretch = null;
  assert.equal(rows.length, 1000);
});

test('rates count by level and forget', () => {
  const rates = new Rates(10);
  rates.add(5_000_000, 1);
  rates.add(5_900_000, 1);
  rates.add(5_900_000, 3);
  assert.equal(rates.get(5, 1), 2);
  assert.equal(rates.get(5, 3), 1);
  rates.add(15_000_000, 2);
  assert.equal(rates.get(5, 1), 0);
  assert.equal(rates.get(15, 2), 1);
  rates.add(5_000_000, 1);
  assert.equal(rates.get(15, 1), 0);
});

test('rows that leave in a rush take nobody along who has found a place', () => {
  const rows = { dropped: 0, length: 100_000, has: () => true, at: (index) => index, indexOf: (row) => row };
  const layout = new ListLayout(rows, 24);
  const leave = (count, now) => {
    rows.dropped += count;
    layout.update(now);
  };
  leave(0, 10_000);
  leave(50, 11_000);
  assert.equal(layout.nothing, 50 * 24);
  assert.equal(layout.refuge, layout.nothing, 'few leave: the first row can be read');
  leave(2000, 12_000);
  assert.equal(layout.nothing, 2050 * 24);
  assert.equal(layout.refuge, layout.nothing + 4000 * 24, 'what leaves in two seconds');
  leave(1000, 12_100);
  assert.equal(layout.refuge, layout.nothing + 4000 * 24, 'a moment changes nothing');
  leave(99_000, 13_000);
  assert.equal(layout.refuge, layout.nothing + 10_000 * 24, 'the first tenth');
  leave(0, 14_000);
  assert.equal(layout.refuge, layout.nothing, 'the rush is over');
});
