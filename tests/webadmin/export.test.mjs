// SPDX-License-Identifier: LGPL-2.1-or-later
// Taking along what is shown: files, and the filter for other programs, which are then run.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { setUp, startProcess, until } from './harness.mjs';

const { daemon, browser } = await setUp();

const HOSTILE = ['=1+1', '+49', '-2', '@SUM(A1)', '\tx', 'a,b', 'say "no"', 'two\nlines', 'plain', ' spaces ', "it's; $(reboot) `x`"];

await daemon.inject(HOSTILE.map((reason, index) => ({ type: 'test.export', level: 'info', data: { reason, total: index - 5, tags: ['a', 'b'] } })));

async function open(filter, view = 'live') {
  const page = await browser.open(daemon, `#/${view}?${new URLSearchParams({ q: filter })}`, { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.locator('.stream-good').waitFor();   // all has come
  await page.locator('.row').first().waitFor();
  return page;
}

async function choose(page, item) {
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

async function save(page, item) {
  const [download] = await Promise.all([page.waitForEvent('download'), choose(page, item)]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
}

const readClipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

async function copy(page, item) {
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await choose(page, item);
  await page.getByText('Copied').first().waitFor();
  return await until('what was copied', () => readClipboard(page));
}

/** Reads CSV as RFC 4180 has it. */
function parseCsv(text) {
  const rows = [[]];
  for (const [, cell, quoted, end] of text.matchAll(/(?:([^",\r\n]*)|"((?:[^"]|"")*)")(,|\r\n|$)/g)) {
    rows.at(-1).push(quoted === undefined ? cell : quoted.replaceAll('""', '"'));
    if (end === '\r\n')
      rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}

test('NDJSON can be fed back', async () => {
  const page = await open('type:test.export');
  const { name, text } = await save(page, 'NDJSON');
  assert.equal(name, 'events.ndjson');
  const events = text.trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(events.map((event) => event.data.reason), HOSTILE);
  const back = await daemon.request('POST', '/api/tracing/events', text.replaceAll('test.export', 'test.again'), 'application/x-ndjson');
  assert.equal(back.accepted, HOSTILE.length);
  await browser.close(page);
});

test('CSV is quoted, and holds no formula', async () => {
  const page = await open('type:test.export');
  const { name, text } = await save(page, 'CSV');
  assert.equal(name, 'events.csv');
  const [head, ...rows] = parseCsv(text);
  assert.deepEqual(head, ['id', 'createdAt', 'level', 'type', 'text', 'details', 'span', 'data.reason', 'data.total', 'data.tags']);
  assert.deepEqual(rows.map((row) => row[7]), HOSTILE.map((reason) => /^[=+\-@\t]/.test(reason) ? `'${reason}` : reason));
  assert.deepEqual(rows.map((row) => Number(row[8])), HOSTILE.map((_, index) => index - 5));
  assert.equal(rows[0][9], '["a","b"]');
  await browser.close(page);
});

test('an event as JSON', async () => {
  const page = await open('type:test.export plain');
  await page.keyboard.press('k');
  await page.keyboard.press('y');
  await page.getByText('Copied').waitFor();
  const event = JSON.parse(await readClipboard(page));
  assert.equal(event.data.reason, 'plain');
  assert.equal(event.type, 'test.export');
  await browser.close(page);
});

test('the filter for curl, as a shell takes it', async () => {
  for (const reason of HOSTILE.slice(5)) {
    const filter = `reason:="${reason.replace(/["\\]/g, '\\$&')}"`;
    const page = await open(filter);
    const command = await copy(page, 'curl');
    assert.match(command, /\$TOKEN/);
    const found = execFileSync('sh', ['-c', `${command.replace('/live?', '/events?')} -sS`], { env: { ...process.env, TOKEN: daemon.token }, encoding: 'utf8' });
    const { events } = JSON.parse(found);
    assert.ok(events.some((event) => event.data.reason === reason), `${command}: ${found.slice(0, 200)}`);
    await browser.close(page);
  }
});

test('the filter for livetracectl, as a shell takes it', async () => {
  const cases = ["reason:=\"it's; $(reboot) `x`\"", 'type:test.export level:info', '-type:nothing.here'];
  for (const filter of cases) {
    const page = await open(filter);
    const command = await copy(page, 'livetracectl');
    const words = execFileSync('sh', ['-c', `livetracectl() { printf '%s\\n' "$@"; }; ${command}`], { encoding: 'utf8' }).trimEnd().split('\n');
    assert.equal(words[0], 'watch');
    assert.equal(words.at(-1), filter);
    await browser.close(page);
  }
});

/** Runs a copied line as it is, in a shell, until it has told of an event that comes meanwhile. */
async function runLine(command, env) {
  const shell = startProcess('sh', ['-c', `exec ${command}`], ['ignore', 'pipe', 'pipe'], env);
  let [output, errors] = ['', ''];
  shell.stdout.on('data', (chunk) => { output += chunk; });
  shell.stderr.on('data', (chunk) => { errors += chunk; });
  let number = 0;
  await until(`an event from ${command}`, async () => {
    assert.equal(shell.exitCode, null, errors);
    await daemon.inject([{ type: 'test.line', level: 'warn', data: { reason: "it's; $(x) `y`", total: ++number } }, { type: 'test.other', level: 'warn' }]);
    return output.includes('test.line') || output.includes('Line');
  });
  shell.kill();
  assert.doesNotMatch(output, /test\.other/);
}

test('both run as they were copied, and show what matches', { skip: process.env.LIVETRACECTL === undefined ? 'livetracectl is not there' : false }, async () => {
  const page = await browser.open(daemon, `#/live?${new URLSearchParams({ q: "type:test.line reason:\"it's; $(x) `y`\" level:warn" })}`,
    { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.locator('.stream-good').waitFor();
  await runLine(await copy(page, 'curl'), { ...process.env, TOKEN: daemon.token });
  await runLine(await copy(page, 'livetracectl'),
    { ...process.env, PATH: `${dirname(process.env.LIVETRACECTL)}:${process.env.PATH}`, DBUS_SYSTEM_BUS_ADDRESS: daemon.busAddress });
  await browser.close(page);
});
