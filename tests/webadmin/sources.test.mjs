// SPDX-License-Identifier: LGPL-2.1-or-later
// The sources are well typed, and the page keeps to its own rules.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';

const work = process.env.WEBADMIN_WORK;
const source = join(process.env.G_TEST_SRCDIR, 'src', 'webadmin');

test('tsc finds nothing', () => {
  const done = spawnSync(process.execPath,
    [createRequire(join(work, 'package.json')).resolve('typescript/bin/tsc'), '--noEmit', '--project', work],
    { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stdout);
});

test('the lock file names no place to fetch from', () => {
  const lock = JSON.parse(readFileSync(join(source, 'package-lock.json'), 'utf8'));
  assert.equal(lock.lockfileVersion, 3);
  for (const [name, entry] of Object.entries(lock.packages)) {
    assert.equal(entry.resolved, undefined, name);
    assert.ok(name === '' || entry.integrity !== undefined, name);
  }
});

test('every package runs on Node 18', () => {
  const lock = JSON.parse(readFileSync(join(source, 'package-lock.json'), 'utf8'));
  for (const [name, { engines }] of Object.entries(lock.packages)) {
    const least = /^>=\s*(\d+)/.exec(engines?.node ?? '>=0');
    assert.ok(least !== null && Number(least[1]) <= 18, `${name} wants node ${engines?.node}`);
  }
});

test('text never becomes markup or code', () => {
  const forbidden = /\b(innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|eval|new Function)\b/;
  for (const path of readdirSync(join(source, 'src'), { recursive: true }).map(String)) {
    if (/\.tsx?$/.test(path))
      assert.doesNotMatch(readFileSync(join(source, 'src', path), 'utf8'), forbidden, path);
  }
});

test('all of the page, compressed, is at most 120 KB', () => {
  const page = join(work, '..', 'page');
  const bytes = readdirSync(join(page, 'assets'))
    .map((name) => {
      try {
        return readFileSync(join(page, 'assets.gz', name)).length;
      } catch {
        return readFileSync(join(page, 'assets', name)).length;
      }
    })
    .reduce((sum, length) => sum + length, readFileSync(join(page, 'index.html')).length);
  assert.ok(bytes <= 120 * 1000, `${bytes} bytes`);
});
