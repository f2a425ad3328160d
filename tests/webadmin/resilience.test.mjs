// SPDX-License-Identifier: LGPL-2.1-or-later
// What goes wrong around the page: each is told, and it goes on by itself with nothing lost that the ring holds.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setUp, startProcess, until } from './harness.mjs';
import { makeMessage } from './mail.mjs';

const { daemon, browser } = await setUp({ settings: ['http.hosts=127.0.0.1', 'http.trusted-proxies=127.0.0.1'] });

let total = 0;

/** Hands in so many events, numbered from the last one on. */
async function injectNumbered(count) {
  await daemon.inject(Array.from({ length: count }, () => ({ type: 'test.number', data: { total: ++total } })));
}

/** The numbers of the events that are shown, from the oldest on. */
async function readNumbers(page) {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Take along' }).click().then(() => page.getByRole('menuitem', { name: 'NDJSON' }).click()),
  ]);
  const text = await (await download.createReadStream()).toArray();
  return Buffer.concat(text).toString().trim().split('\n').map((line) => JSON.parse(line).data.total);
}

/** Waits until the newest event is there; then none before it may be missing, none twice. */
async function checkComplete(page, from) {
  await page.locator('.row .chip-value', { hasText: new RegExp(`^${total}$`) }).last().waitFor().catch(async (error) => {
    throw new Error(`${await page.locator('.live').innerText()}`, { cause: error });
  });
  const numbers = (await readNumbers(page)).filter((number) => number >= from);
  assert.deepEqual(numbers, Array.from({ length: total - from + 1 }, (_, index) => from + index));
}

async function openNumbered(options) {
  const from = total + 1;
  await injectNumbered(20);
  const page = await browser.open(daemon, '#/live?q=type:test.number', options);
  await page.locator('.row').first().waitFor();
  return { page, from };
}

/** A wire to the daemon that can be cut: what is open breaks, and nothing new comes through. */
class Wire {
  sockets = new Set();
  isCut = false;

  static async make() {
    const wire = new Wire();
    wire.server = createServer((client) => {
      if (wire.isCut) {
        client.destroy();
        return;
      }
      const server = connect(daemon.port, '127.0.0.1');
      for (const [socket, other] of [[client, server], [server, client]]) {
        wire.sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          wire.sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    });
    await new Promise((resolve) => wire.server.listen(0, '127.0.0.1', resolve));
    wire.base = `http://127.0.0.1:${wire.server.address().port}`;
    after(() => wire.server.close());
    return wire;
  }

  cut() {
    this.isCut = true;
    for (const socket of this.sockets)
      socket.destroy();
  }

  mend() {
    this.isCut = false;
  }
}

test('the network is cut and comes back', async () => {
  const wire = await Wire.make();
  const { page, from } = await openNumbered({ base: wire.base });
  wire.cut();
  await page.locator('.stream-problem').waitFor();
  await page.getByText('The connection was lost').first().waitFor();
  await injectNumbered(2000);
  // Some attempts fail meanwhile.
  await page.waitForTimeout(3000);
  wire.mend();
  await page.locator('.stream-good').waitFor();
  await checkComplete(page, from);
  await page.keyboard.press('Home');
  await page.getByText('Connected again').waitFor();
  await browser.close(page);
});

test('the daemon is killed and started: a row says so, and what comes is shown', async () => {
  const { page } = await openNumbered();
  await daemon.restart('SIGKILL');
  await page.getByText('The connection was lost').first().waitFor();
  await page.getByText('The daemon was started anew').waitFor();
  const from = total + 1;
  await injectNumbered(500);
  await checkComplete(page, from);
  await browser.close(page);
});

test('an open waterfall follows a span across a restart', async () => {
  const events = makeMessage('again');
  await daemon.inject(events);
  const page = await browser.open(daemon, '#/spans?span=again-delivery&context=trace');
  await page.locator('.fall-row[aria-level]').nth(11).waitFor();
  await until('its stream', async () => (await daemon.request('GET', '/api/tracing/subscribers')).subscribers.some((one) => one.filter.includes('again-delivery')));
  await daemon.restart();
  await daemon.inject([{ type: 'delivery.dsn-success', data: { spanId: 'again-delivery' } }]);
  await page.locator('.fall-row[aria-level]').nth(12).waitFor();
  await browser.close(page);
});

test('the token is revoked while one looks at a span', async () => {
  const token = await daemon.createToken('short', ['observe']);
  await daemon.inject(makeMessage('revoked'));
  const page = await browser.open(daemon, '#/spans?span=revoked-delivery', { token });
  await page.locator('.fall').waitFor();
  await daemon.revokeToken('short');
  await page.locator('.sign-in').waitFor();
  await page.getByLabel('Token').fill(daemon.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.fall').waitFor();
  assert.match(page.url(), /span=revoked-delivery/);
  await browser.close(page);
});

test('the token expires: signing in again goes on with nothing lost', async () => {
  const token = await daemon.createToken('brief', ['observe'], 4);
  const { page, from } = await openNumbered({ token });
  await page.locator('.sign-in').waitFor();
  await injectNumbered(300);
  await page.getByLabel('Token').fill(daemon.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.row').first().waitFor();
  await checkComplete(page, from);
  await browser.close(page);
});

const NGINX = '/usr/sbin/nginx';

async function findPort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('behind nginx, which is restarted, before a daemon that is restarted', { skip: existsSync(NGINX) ? false : 'nginx is not installed' }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'livetrace-nginx-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  const port = await findPort();
  writeFileSync(join(directory, 'nginx.conf'), `
    daemon off; master_process off; pid ${directory}/pid; error_log stderr error;
    events {}
    http {
      access_log off;
      client_body_temp_path ${directory}/body; proxy_temp_path ${directory}/proxy; fastcgi_temp_path ${directory}/fastcgi;
      uwsgi_temp_path ${directory}/uwsgi; scgi_temp_path ${directory}/scgi;
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass http://127.0.0.1:${daemon.port};
          proxy_http_version 1.1;
          proxy_set_header Host $http_host;
          proxy_set_header X-Forwarded-For $remote_addr;
          proxy_set_header X-Forwarded-Proto $scheme;
          proxy_set_header Forwarded "";
          proxy_buffering off; proxy_cache off; gzip off; proxy_read_timeout 60s;
        }
      }
    }`);
  const startNginx = () => startProcess(NGINX, ['-c', join(directory, 'nginx.conf'), '-e', 'stderr'], 'ignore');
  let nginx = startNginx();
  const base = `http://127.0.0.1:${port}`;
  const isUp = () => fetch(`${base}/healthz`).then((answer) => answer.ok, () => false);
  await until('nginx', isUp);

  const { page, from } = await openNumbered({ base });
  nginx.kill();
  await once(nginx, 'exit');
  await page.getByText('The connection was lost').first().waitFor();
  await injectNumbered(700);
  nginx = startNginx();
  await until('nginx', isUp);
  await checkComplete(page, from);

  // While the daemon is away nginx answers with an error page of its own.
  await daemon.end();
  await page.waitForTimeout(1500);
  await daemon.launch();
  await page.getByText('The daemon was started anew').waitFor();
  const anew = total + 1;
  await injectNumbered(100);
  await checkComplete(page, anew);
  await browser.close(page);
  nginx.kill();
});
