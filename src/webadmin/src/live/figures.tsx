// SPDX-License-Identifier: LGPL-2.1-or-later
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { request } from '../app/api.js';
import { t } from '../app/i18n.js';
import { formatNumber, formatRate } from '../ui/format.js';
import { ClockSkew } from './clock-skew.js';
import { formatDuration } from './format-value.js';
import { lost, matched, newest } from './model.js';

const POLL_MS = 2000;

/** How long a lag is worth showing. */
const LAG_MS = 30_000;

interface Status {
  startedAt: string;
  uptime: number;
  received: number;
}

interface Sample {
  at: number;
  epochStart: string;
  received: number;
  matched: number;
}

interface Numbers {
  receivedRate: number | null;
  received: number | null;
  matchedRate: number | null;
}

const skew = new ClockSkew();

function rate(now: number, before: number, ms: number): number {
  return Math.max(0, (now - before) * 1000 / ms);
}

async function sample(): Promise<Sample> {
  const sent = Date.now();
  const status = await request<Status>('GET', '/api/tracing/status');
  const at = Date.now();
  skew.add(sent, at, Date.parse(status.startedAt), Math.floor(status.uptime));
  return { at, epochStart: status.startedAt, received: status.received, matched: matched.live };
}

/** What the daemon takes in, what of it matches, what was lost, and how late it is here. */
export function Figures() {
  const numbers = useSignal<Numbers>({ receivedRate: null, received: null, matchedRate: null });

  useEffect(() => {
    let before: Sample | null = null;
    let asking = false;
    const poll = async () => {
      if (document.hidden || asking)
        return;
      asking = true;
      try {
        const now = await sample();
        const same = before !== null && before.epochStart === now.epochStart && now.matched >= before.matched;
        numbers.value = {
          received: now.received,
          receivedRate: same ? rate(now.received, before!.received, now.at - before!.at) : numbers.peek().receivedRate,
          matchedRate: same ? rate(now.matched, before!.matched, now.at - before!.at) : 0,
        };
        before = now;
      } catch {
        before = null;
        numbers.value = { receivedRate: null, received: null, matchedRate: null };
      }
      asking = false;
    };
    const timer = setInterval(() => void poll(), POLL_MS);
    const onShow = () => void poll();
    document.addEventListener('visibilitychange', onShow);
    void poll();
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onShow);
    };
  }, []);

  const { receivedRate, received, matchedRate } = numbers.value;
  const perSecond = (value: number | null) => value === null ? '–' : t('{rate}/s', { rate: formatRate(value) });
  const hasLag = newest.at > 0 && Date.now() - newest.at < LAG_MS;
  return (
    <dl class="figures">
      <div title={received === null ? undefined : t('{count} since the daemon started', { count: formatNumber(received) })}>
        <dt>{t('received')}</dt>
        <dd>{perSecond(receivedRate)}</dd>
      </div>
      <div title={t('{count} since the filter was set', { count: formatNumber(matched.count) })}>
        <dt>{t('matched')}</dt>
        <dd>{perSecond(matchedRate)}</dd>
      </div>
      <div class={lost.value > 0 ? 'figure-problem' : ''}>
        <dt>{t('dropped')}</dt>
        <dd>{formatNumber(lost.value)}</dd>
      </div>
      <div title={t('From when the last event was made to when it came here')}>
        <dt>{t('lag')}</dt>
        <dd>{hasLag ? formatDuration(Math.max(0, Math.round(newest.lagMs - skew.milliseconds))) : '–'}</dd>
      </div>
    </dl>
  );
}
