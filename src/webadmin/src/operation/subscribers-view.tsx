// SPDX-License-Identifier: LGPL-2.1-or-later
import { request } from '../app/api.js';
import { t } from '../app/i18n.js';
import { href } from '../app/router.js';
import { mayObserve } from '../app/session.js';
import { Button } from '../ui/button.js';
import { ask } from '../ui/dialog.js';
import { formatAge, formatBytes, formatMoment, formatNumber } from '../ui/format.js';
import { StateBadge } from '../ui/state.js';
import { Table } from '../ui/table.js';
import { toast } from '../ui/toast.js';
import { Page } from './page.js';
import { usePolled } from './polled.js';

interface Subscriber {
  subscriber: number;
  transport: string;
  peer: string;
  identity: string;
  userAgent?: string | null;
  filter: string;
  context: string;
  state: string;
  connectedAt: string;
  matched: number;
  delivered: number;
  dropped: number;
  queuedBytes: number;
}

function nameState(state: string): string {
  switch (state) {
    case 'starting': return t('starting');
    case 'replaying': return t('replaying');
    case 'live': return t('live');
    case 'lagging': return t('lagging');
    case 'closed': return t('closed');
    default: return state;
  }
}

function Watched({ filter, context }: Subscriber) {
  const text = filter === '' ? t('everything') : <code>{filter}</code>;
  return (
    <>
      {mayObserve.value ? <a href={href('live', { q: filter, context })} title={t('Watch the same')}>{text}</a> : text}
      <span class="sub">
        {context === 'trace' ? t('with whole traces') : context === 'span' ? t('with whole spans') : t('matches only')}
      </span>
    </>
  );
}

function end({ subscriber, identity, peer }: Subscriber, refresh: () => void): void {
  ask({
    title: t('Disconnect this subscriber?'),
    text: t('The stream of {identity} from {peer} ends, and the client is told so. It may connect again.', { identity, peer }),
    action: t('Disconnect'),
    run: async () => {
      await request('DELETE', `/api/tracing/subscribers/${subscriber}`);
      toast(t('{identity} has been disconnected', { identity }));
      refresh();
    },
  });
}

/** Who is watching what, and how well they keep up. */
export function SubscribersView() {
  const polled = usePolled<{ subscribers: Subscriber[] }>('/api/tracing/subscribers');

  return (
    <Page title={t('Subscribers')} about={t('Everyone who is watching now, this page included.')} polled={polled}>
      <Table
        caption={t('Subscribers')}
        rows={polled.data?.subscribers ?? []}
        rowKey={(row) => row.subscriber}
        empty={t('Nobody is watching.')}
        columns={[
          {
            title: t('Who'),
            cell: ({ identity, transport, peer, userAgent }) => (
              <>
                {identity}
                <span class="sub">{transport === 'dbus' ? 'D-Bus' : transport.toUpperCase()} · {peer}</span>
                {userAgent && <span class="sub clip" title={userAgent}>{userAgent}</span>}
              </>
            ),
          },
          { title: t('Watches'), wide: true, cell: (row) => <Watched {...row} /> },
          {
            title: t('State'),
            cell: ({ state, connectedAt }) => (
              <>
                <StateBadge kind={state === 'live' ? 'good' : state === 'lagging' ? 'problem' : 'plain'}>{nameState(state)}</StateBadge>
                <span class="sub" title={formatMoment(connectedAt)}>{t('for {time}', { time: formatAge(connectedAt) })}</span>
              </>
            ),
          },
          { title: t('Matched'), numeric: true, cell: (row) => formatNumber(row.matched) },
          { title: t('Delivered'), numeric: true, cell: (row) => formatNumber(row.delivered) },
          {
            title: t('Dropped'),
            numeric: true,
            cell: ({ dropped }) => <span class={dropped > 0 ? 'problem' : undefined}>{formatNumber(dropped)}</span>,
          },
          { title: t('Queue'), numeric: true, cell: (row) => formatBytes(row.queuedBytes) },
          {
            title: t('Actions'),
            quietTitle: true,
            cell: (row) => (
              <Button
                kind="danger"
                aria-label={t('Disconnect {identity} at {peer}', row as unknown as Record<string, string>)}
                onClick={() => end(row, polled.refresh)}
              >
                {t('Disconnect')}
              </Button>
            ),
          },
        ]}
      />
    </Page>
  );
}
