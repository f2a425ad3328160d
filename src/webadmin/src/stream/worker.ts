// SPDX-License-Identifier: LGPL-2.1-or-later
// The shared worker: all pages of a browser meet here.
import { Hub } from './hub.js';
import type { Request } from './protocol.js';

interface SharedWorkerScope {
  onconnect: ((event: MessageEvent) => void) | null;
  addEventListener(type: 'online', listener: () => void): void;
}

const scope = self as unknown as SharedWorkerScope;
const hub = new Hub();

scope.onconnect = (event) => {
  const port = event.ports[0]!;
  const page = hub.addPage({ send: (report, transfer) => port.postMessage(report, transfer) });
  port.onmessage = (message: MessageEvent<Request | 'gone'>) => {
    if (message.data === 'gone')
      hub.removePage(page);
    else
      hub.take(page, message.data);
  };
};
scope.addEventListener('online', () => hub.online());
