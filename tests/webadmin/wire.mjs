// SPDX-License-Identifier: LGPL-2.1-or-later
// What stands between a browser and the daemon, and goes wrong when a test wants it to.
import { once } from 'node:events';
import { createServer as createHttpServer, request } from 'node:http';
import { connect, createServer } from 'node:net';
import { after } from 'node:test';

async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

/** A port that nobody listens on. */
export async function findPort() {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

/** A wire to the daemon. The daemon must take the host 127.0.0.1 (`http.hosts`). */
export class Wire {
  sockets = new Set();
  isCut = false;
  isSilent = false;
  refused = 0;   // connections that came while it was cut

  /** @param target the daemon, or what else has a `port` */
  static async make(target) {
    const wire = new Wire();
    const server = createServer((client) => wire.join(client, target.port));
    wire.base = `http://127.0.0.1:${await listen(server)}`;
    after(() => {
      wire.cut();
      server.close();
    });
    return wire;
  }

  join(client, port) {
    if (this.isCut) {
      this.refused++;
      client.resetAndDestroy();
      return;
    }
    const server = connect(port, '127.0.0.1');
    for (const [socket, other] of [[client, server], [server, client]]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        // What is silent does not even say that the other side has gone.
        if (!this.isSilent)
          other.destroy();
      });
      socket.on('data', (chunk) => {
        if (!other.write(chunk) && !this.isSilent) {
          socket.pause();
          other.once('drain', () => this.isSilent || socket.resume());
        }
      });
      if (this.isSilent)
        socket.pause();
    }
  }

  /** What is open breaks, and nothing new comes through. */
  cut() {
    this.isCut = true;
    for (const socket of this.sockets)
      socket.resetAndDestroy();
  }

  /** Nothing goes through any more, and nobody is told. */
  silence() {
    this.isSilent = true;
    for (const socket of this.sockets)
      socket.pause();
  }

  /** All is well again; what was under way goes on. */
  mend() {
    this.isCut = false;
    this.isSilent = false;
    for (const socket of this.sockets)
      socket.resume();
  }
}

/** A reverse proxy that can answer requests for streams by itself. */
export class Front {
  /** When streams were asked for, as Date.now() has it. */
  asked = [];
  /** What to answer with, { status, headers, body }; null: what the daemon answers. */
  answer = null;

  static async make(daemon) {
    const front = new Front();
    const server = createHttpServer((asked, response) => front.serve(daemon, asked, response));
    front.base = `http://127.0.0.1:${await listen(server)}`;
    front.sockets = new Set();
    server.on('connection', (socket) => {
      front.sockets.add(socket);
      socket.on('close', () => front.sockets.delete(socket));
    });
    after(() => {
      front.breakAll();
      server.close();
    });
    return front;
  }

  serve(daemon, asked, response) {
    if (asked.url.startsWith('/api/tracing/live')) {
      this.asked.push(Date.now());
      if (this.answer !== null) {
        const { status, headers, body } = this.answer;
        response.writeHead(status, headers).end(body);
        return;
      }
    }
    const { url: path, method, headers } = asked;
    const passed = request({ host: '127.0.0.1', port: daemon.port, path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    passed.on('error', () => response.destroy());
    response.on('close', () => passed.destroy());
    asked.pipe(passed);
  }

  /** Breaks what is open. */
  breakAll() {
    for (const socket of this.sockets)
      socket.destroy();
  }
}
