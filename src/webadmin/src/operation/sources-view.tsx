// SPDX-License-Identifier: LGPL-2.1-or-later
import { t } from '../app/i18n.js';
import { formatNumber } from '../ui/format.js';
import { StateBadge } from '../ui/state.js';
import { Table } from '../ui/table.js';
import { Page } from './page.js';
import { usePolled } from './polled.js';

interface Source {
  name: string;
  kind: string;
  state: string;
  detail: string;
  lines: number;
  events: number;
  unmatched: number;
  exhausted: number;
  lost: number;
}

function nameState(state: string): string {
  switch (state) {
    case 'running': return t('running');
    case 'waiting': return t('waiting');
    case 'failed': return t('failed');
    default: return state;
  }
}

/** A count that should be 0. */
function Trouble({ count }: { count: number }) {
  return <span class={count > 0 ? 'problem' : undefined}>{formatNumber(count)}</span>;
}

/** What events are read from. */
export function SourcesView() {
  const polled = usePolled<{ sources: Source[] }>('/api/tracing/sources');

  return (
    <Page
      title={t('Sources')}
      about={t('Logs the daemon reads and turns into events. Programs also hand in events of their own, over D-Bus and HTTP.')}
      polled={polled}
    >
      <Table
        caption={t('Sources')}
        rows={polled.data?.sources ?? []}
        rowKey={(row) => row.name}
        empty={t('No source is configured: events come over D-Bus and HTTP only.')}
        columns={[
          { title: t('Name'), cell: ({ name, kind }) => <>{name}<span class="sub">{kind}</span></> },
          {
            title: t('State'),
            wide: true,
            cell: ({ state, detail }) => (
              <>
                <StateBadge kind={state === 'running' ? 'good' : state === 'failed' ? 'problem' : 'notice'}>{nameState(state)}</StateBadge>
                <span class="sub">{detail}</span>
              </>
            ),
          },
          { title: t('Lines'), numeric: true, cell: (row) => formatNumber(row.lines) },
          { title: t('Events'), numeric: true, cell: (row) => formatNumber(row.events) },
          { title: t('Unmatched'), numeric: true, cell: (row) => formatNumber(row.unmatched) },
          { title: t('Given up'), numeric: true, cell: (row) => <Trouble count={row.exhausted} /> },
          { title: t('Lost'), numeric: true, cell: (row) => <Trouble count={row.lost} /> },
        ]}
      />
      <p class="hint foot">{t('"Unmatched" counts lines no rule knew; "given up" rules whose pattern took too many steps on a line; "lost" lines that could not be read in time.')}</p>
    </Page>
  );
}
