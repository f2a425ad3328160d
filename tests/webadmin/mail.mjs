// SPDX-License-Identifier: LGPL-2.1-or-later

/** The events of a message that comes in by a connection and is delivered: three spans, "NAME-connection", "-message", "-delivery". */
export function makeMessage(name, begin = Date.now()) {
  const at = (ms) => new Date(begin + ms).toISOString();
  const connection = { spanId: `${name}-connection` };
  const message = { spanId: `${name}-message`, parentSpanId: `${name}-connection` };
  const delivery = { spanId: `${name}-delivery`, parentSpanId: `${name}-message` };
  return [
    { type: 'smtp.connection-start', createdAt: at(0), data: { ...connection, remoteIp: '192.0.2.7', localPort: 25 } },
    { type: 'smtp.ehlo', createdAt: at(40), data: { ...connection, domain: 'client.example.com' } },
    { type: 'smtp.mail-from', createdAt: at(80), data: { ...connection, from: 'jane@example.com' } },
    { type: 'queue.queue-message', createdAt: at(200), span: 'start', data: { ...message, from: 'jane@example.com', to: ['john@example.net'], size: 4096 } },
    { type: 'smtp.quit', createdAt: at(230), data: connection },
    { type: 'smtp.connection-end', createdAt: at(240), data: connection },
    { type: 'delivery.attempt-start', createdAt: at(300), data: { ...delivery, to: 'john@example.net' } },
    { type: 'delivery.mx-lookup', createdAt: at(420), data: { ...delivery, domain: 'example.net', elapsed: 110 } },
    { type: 'delivery.connect', createdAt: at(700), data: { ...delivery, hostname: 'mx.example.net', elapsed: 250 } },
    { type: 'delivery.start-tls-unavailable', createdAt: at(760), level: 'warn', data: { ...delivery, hostname: 'mx.example.net' } },
    { type: 'delivery.delivered', createdAt: at(3400), data: { ...delivery, hostname: 'mx.example.net', to: 'john@example.net', code: 250 } },
    { type: 'delivery.attempt-end', createdAt: at(3600), data: delivery },
  ];
}
