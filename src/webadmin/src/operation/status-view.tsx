// SPDX-License-Identifier: LGPL-2.1-or-later
import { Fragment, type ComponentChildren } from 'preact';
import { t } from '../app/i18n.js';
import { formatBytes, formatMoment, formatNumber, formatRate, formatSeconds } from '../ui/format.js';
import { LevelBadge, LEVELS, type Level } from '../ui/level.js';
import { Page } from './page.js';
import { usePolled } from './polled.js';

interface Status {
  version: string;
  epoch: string;
  startedAt: string;
  uptime: number;
  received: number;
  refused: number;
  delivered: number;
  dropped: number;
  receivedByLevel: Record<Level, number>;
  ratesByLevel: Record<Level, Record<'1s' | '10s' | '60s', number>>;
  ring: { events: number; bytes: number; limit: number; first: string | null; last: string | null };
  spans: number;
  subscribers: number;
  exhaustedPatterns: number;
  http: { connections: number; streams: number; accepted: number; requests: number; refused: number };
}

function Facts({ title, facts, children }: {
  title: string;
  facts: [string, ComponentChildren, boolean?][];
  children?: ComponentChildren;
}) {
  return (
    <section class="card">
      <h2>{title}</h2>
      {children}
      <dl class="facts">
        {facts.map(([name, value, bad]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd class={bad ? 'problem' : undefined}>{value}</dd>
          </Fragment>
        ))}
      </dl>
    </section>
  );
}

function Rates({ status }: { status: Status }) {
  return (
    <section class="card card-wide">
      <h2>{t('Events by level')}</h2>
      <div class="scroll">
        <table class="grid">
          <thead>
            <tr>
              <th scope="col">{t('Level')}</th>
              <th scope="col" class="numeric">{t('last second')}</th>
              <th scope="col" class="numeric">{t('10 s')}</th>
              <th scope="col" class="numeric">{t('1 min')}</th>
              <th scope="col" class="numeric">{t('in all')}</th>
            </tr>
          </thead>
          <tbody>
            {LEVELS.map((level) => (
              <tr key={level}>
                <th scope="row"><LevelBadge level={level} /></th>
                {(['1s', '10s', '60s'] as const).map((span) => (
                  <td key={span} class="numeric">{formatRate(status.ratesByLevel[level][span])}<span class="unit"> /s</span></td>
                ))}
                <td class="numeric">{formatNumber(status.receivedByLevel[level])}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Content({ status }: { status: Status }) {
  const { ring, http } = status;
  return (
    <div class="cards">
      <Facts
        title={t('Service')}
        facts={[
          [t('Version'), status.version],
          [t('Running for'), formatSeconds(status.uptime)],
          [t('Since'), formatMoment(status.startedAt)],
          [t('Epoch'), <code>{status.epoch}</code>],
        ]}
      />
      <Facts
        title={t('Events')}
        facts={[
          [t('Received'), formatNumber(status.received)],
          [t('Refused for their level'), formatNumber(status.refused)],
          [t('Delivered'), formatNumber(status.delivered)],
          [t('Dropped'), formatNumber(status.dropped), status.dropped > 0],
          [t('Subscribers'), formatNumber(status.subscribers)],
          [t('Regular expressions given up'), formatNumber(status.exhaustedPatterns), status.exhaustedPatterns > 0],
        ]}
      />
      <Facts
        title={t('Ring')}
        facts={[
          [t('Events'), formatNumber(ring.events)],
          [t('Spans'), formatNumber(status.spans)],
          [t('Oldest'), ring.first === null ? '–' : <code>{ring.first}</code>],
          [t('Newest'), ring.last === null ? '–' : <code>{ring.last}</code>],
        ]}
      >
        <div class="fill">
          <progress max={ring.limit} value={ring.bytes} aria-label={t('Ring usage')} />
          <span>{t('{used} of {limit}', { used: formatBytes(ring.bytes), limit: formatBytes(ring.limit) })}</span>
        </div>
      </Facts>
      <Facts
        title="HTTP"
        facts={[
          [t('Connections'), formatNumber(http.connections)],
          [t('Streams'), formatNumber(http.streams)],
          [t('Accepted'), formatNumber(http.accepted)],
          [t('Requests'), formatNumber(http.requests)],
          [t('Refused'), formatNumber(http.refused)],
        ]}
      />
      <Rates status={status} />
    </div>
  );
}

/** How the service fares. */
export function StatusView() {
  const polled = usePolled<Status>('/api/tracing/status');

  return (
    <Page title={t('Status')} polled={polled}>
      {polled.data !== undefined && <Content status={polled.data} />}
    </Page>
  );
}
