// SPDX-License-Identifier: LGPL-2.1-or-later
// The page behind nginx, set up as docs/operation.md has it: TLS, HTTP/2, and restarts on both sides.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Browser, setUp, skipAll, startProcess, until } from './harness.mjs';
import { makeMessage } from './mail.mjs';
import { Numbered } from './numbered.mjs';
import { findPort } from './wire.mjs';

const NGINX = '/usr/sbin/nginx';
if (!existsSync(NGINX))
  skipAll('nginx is not installed');

const { daemon } = await setUp({ browser: false, settings: ['http.hosts=127.0.0.1', 'http.trusted-proxies=127.0.0.1'] });
// The worker that holds the streams belongs to no page, so a page's own leave for such a certificate does not do.
const browser = await Browser.start({ arguments: ['--ignore-certificate-errors'] });
const numbered = new Numbered(daemon, browser);
const directory = mkdtempSync(join(tmpdir(), 'livetrace-nginx-'));
const port = await findPort();
const base = `https://127.0.0.1:${port}`;

after(async () => {
  await browser.clear();
  await endNginx();
  rmSync(directory, { recursive: true, force: true });
});

/** The server of the guide, at a place and with a certificate of its own. */
function writeConfiguration() {
  const guide = readFileSync(join(process.env.G_TEST_SRCDIR, 'docs', 'operation.md'), 'utf8');
  const [, text] = /```nginx\n([^`]*)```/.exec(guide);
  const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')];
  const replaced = text
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replace(/^ *listen \[::\].*\n/m, '')
    .replace('/etc/ssl/trace.example.org.pem', certificate)
    .replace('/etc/ssl/trace.example.org.key', key)
    .replace('/var/log/nginx/livetrace.log', join(directory, 'access.log'))
    .replace('127.0.0.1:8425', `127.0.0.1:${daemon.port}`);
  assert.doesNotMatch(replaced, /443|8425|\/etc|\/var/);
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, '-days', '2', '-subj', '/CN=127.0.0.1',
    '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' });
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${directory}/${name};`).join(' ');
  writeFileSync(join(directory, 'nginx.conf'),
    `daemon off; master_process off; pid ${directory}/pid; error_log stderr error;\nevents {}\nhttp {\n${places}\n${replaced}\n}\n`);
}

const startNginx = async () => {
  const nginx = startProcess(NGINX, ['-c', join(directory, 'nginx.conf'), '-e', 'stderr'], 'ignore');
  await until('nginx', () => new Promise((resolve) => {
    const asked = request(`${base}/healthz`, { rejectUnauthorized: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on('error', () => resolve(false));
    asked.end();
  }));
  return nginx;
};

writeConfiguration();
let nginx = await startNginx();

const endNginx = async () => {
  nginx.kill();
  await once(nginx, 'exit');
};

test('the live view, through restarts of nginx and of the daemon', async () => {
  const { page, from } = await numbered.open({ base, ignoreHTTPSErrors: true });
  assert.equal(await page.evaluate(() => performance.getEntriesByType('navigation')[0].nextHopProtocol), 'h2');
  assert.equal((await page.context().cookies()).every(({ secure, httpOnly, sameSite }) => secure && httpOnly && sameSite === 'Strict'), true);

  await endNginx();
  await page.locator('.notice-text', { hasText: 'The connection was lost' }).waitFor();
  await numbered.inject(700);
  nginx = await startNginx();
  await page.locator('.stream-good').waitFor();
  await numbered.check(page, from);

  // While the daemon is away nginx answers with an error page of its own.
  await daemon.end('SIGKILL');
  await page.locator('.stream-problem').waitFor();
  await daemon.launch();
  await page.locator('.notice-text', { hasText: 'The daemon was restarted' }).waitFor();
  const anew = numbered.total + 1;
  await numbered.inject(100);
  await numbered.check(page, anew);
  await browser.close(page);
});

test('a waterfall goes on, and the session outlives all of it', async () => {
  await daemon.inject(makeMessage('proxied').slice(0, 11));
  const page = await browser.open(daemon, '#/spans?span=proxied-delivery&context=trace', { base, ignoreHTTPSErrors: true });
  const rows = page.locator('.fall-row[aria-level]');
  await rows.nth(10).waitFor();
  await endNginx();
  await daemon.restart();
  nginx = await startNginx();
  await daemon.inject([{ type: 'delivery.attempt-end', data: { spanId: 'proxied-delivery' } }]);
  await rows.nth(11).waitFor();
  await page.goto('/#/tokens');
  await page.getByRole('row').filter({ hasText: 'test' }).first().waitFor();
  await browser.close(page);
});
