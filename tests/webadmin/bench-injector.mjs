// SPDX-License-Identifier: LGPL-2.1-or-later
// Hands events in for bench.mjs, in a thread of its own so that nothing else makes it late.
//
// Messages to it: { rate } for so many events a second until { stop: true }, { count } for so many as
// fast as the daemon takes them. It answers with { sent, lateMs } when it has stopped.
import { Agent, request } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

const TICK_MS = 10;
const BULK_EVENTS = 5_000;
const MESSAGES_AT_ONCE = 40;

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const HOSTS = ['mx.example.net', 'mail.example.org', 'in.smtp.example.com', 'relay.example.edu'];
const PEOPLE = ['jane', 'john', 'postmaster', 'newsletter', 'orders', 'jürgen', 'support+4711', 'no-reply'];

let state = 1;
/** The same events every time. */
function random(limit) {
  state = (state * 48271) % 2147483647;
  return state % limit;
}

const pick = (list) => list[random(list.length)];

let messages = 0;

/** The events of a message, as a mail server has them: three spans, five levels. */
function* makeMessage() {
  const name = `${(++messages).toString(36)}-${random(1e9).toString(36)}`;
  const connection = { spanId: `c${name}` };
  const message = { spanId: `m${name}`, parentSpanId: connection.spanId };
  const delivery = { spanId: `d${name}`, parentSpanId: message.spanId };
  const [from, to] = [`${pick(PEOPLE)}@example.com`, `${pick(PEOPLE)}@example.${pick(['net', 'org', 'edu'])}`];
  const hostname = pick(HOSTS);
  yield { type: 'smtp.connection-start', span: 'start', data: { ...connection, remoteIp: `192.0.2.${random(255)}`, remotePort: 1024 + random(60000), localPort: 25 } };
  yield { type: 'smtp.ehlo', data: { ...connection, domain: `client${random(500)}.example.com` } };
  if (random(12) === 0)
    yield { type: 'spf.ehlo-fail', level: 'warn', data: { ...connection, domain: 'example.com', result: 'softfail', elapsed: random(90) } };
  yield { type: 'smtp.mail-from', data: { ...connection, from } };
  yield { type: 'smtp.rcpt-to', level: 'debug', data: { ...connection, to } };
  yield { type: 'smtp.raw-output', level: 'trace', text: '250 2.1.5 OK', data: { ...connection, size: 14 } };
  yield { type: 'queue.queue-message', span: 'start', data: { ...message, from, to: [to], size: random(80_000), messageId: `<${name}@example.com>` } };
  yield { type: 'smtp.connection-end', span: 'end', data: { ...connection, elapsed: random(9000) } };
  yield { type: 'delivery.attempt-start', span: 'start', data: { ...delivery, to, from, queueId: name } };
  yield { type: 'delivery.mx-lookup', level: 'debug', data: { ...delivery, domain: 'example.net', elapsed: random(200) } };
  yield { type: 'delivery.connect', level: 'debug', data: { ...delivery, hostname, remoteIp: `198.51.100.${random(255)}`, elapsed: random(300) } };
  if (random(25) === 0)
    yield { type: 'delivery.rejected', level: 'error', data: { ...delivery, hostname, to, code: 550, reason: '5.1.1 <user unknown> The address does not exist', details: 'line one\nline two' } };
  else
    yield { type: 'delivery.delivered', data: { ...delivery, hostname, to, code: 250, elapsed: random(4000), details: '250 2.0.0 Ok: queued' } };
  yield { type: 'delivery.attempt-end', span: 'end', data: delivery };
}

const running = Array.from({ length: MESSAGES_AT_ONCE }, makeMessage);

function makeEvent() {
  const index = random(running.length);
  const { value, done } = running[index].next();
  if (!done)
    return value;
  running[index] = makeMessage();
  return running[index].next().value;
}

function send(count) {
  const body = JSON.stringify(Array.from({ length: count }, makeEvent));
  return new Promise((resolve, reject) => {
    const call = request(`${workerData.base}/api/tracing/events`, {
      method: 'POST',
      agent,
      headers: { 'Authorization': `Bearer ${workerData.token}`, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
    }, (response) => {
      response.resume();
      response.once('end', () => response.statusCode < 300 ? resolve() : reject(new Error(`HTTP ${response.statusCode}`)));
    });
    call.once('error', reject);
    call.end(body);
  });
}

let stopped = false;

async function runSteadily(rate) {
  const begin = performance.now();
  let sent = 0;
  let lateMs = 0;
  for (stopped = false; !stopped; await new Promise((resolve) => setTimeout(resolve, TICK_MS))) {
    const due = Math.floor((performance.now() - begin) / 1000 * rate) - sent;
    lateMs = Math.max(lateMs, due / rate * 1000 - TICK_MS);
    if (due > 0)
      await send(due);
    sent += due;
  }
  return { sent, lateMs };
}

async function runAtOnce(count) {
  for (let sent = 0; sent < count; sent += BULK_EVENTS)
    await send(Math.min(BULK_EVENTS, count - sent));
  return { sent: count, lateMs: 0 };
}

parentPort.on('message', ({ rate, count, stop }) => {
  if (stop)
    stopped = true;
  else
    (rate === undefined ? runAtOnce(count) : runSteadily(rate)).then((done) => parentPort.postMessage(done), (error) => { throw error; });
});
