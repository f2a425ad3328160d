// SPDX-License-Identifier: LGPL-2.1-or-later
import { useState } from 'preact/hooks';
import { request } from '../app/api.js';
import { t } from '../app/i18n.js';
import { Button } from '../ui/button.js';
import { ask } from '../ui/dialog.js';
import { formatMoment, formatSeconds, now } from '../ui/format.js';
import { Table } from '../ui/table.js';
import { toast } from '../ui/toast.js';
import { Page } from './page.js';
import { usePolled } from './polled.js';
import { TokenDialog } from './token-dialog.js';

interface Token {
  id: string;
  label: string;
  permissions: string[];
  createdAt: string;
  expiresAt: string | null;
}

const SOON_MS = 7 * 86400 * 1000;

function Expiry({ expiresAt }: Token) {
  if (expiresAt === null)
    return <>{t('does not expire')}</>;
  const left = Date.parse(expiresAt) - now.value;
  return (
    <>
      {formatMoment(expiresAt)}
      {left < SOON_MS && <span class="sub notice">{t('in {time}', { time: formatSeconds(left / 1000) })}</span>}
    </>
  );
}

function revoke({ id, label }: Token, refresh: () => void): void {
  ask({
    title: t('Revoke "{label}"?', { label }),
    text: t('It stops working at once: sessions begun with it are over, and its streams end. This cannot be undone.'),
    action: t('Revoke'),
    run: async () => {
      await request('DELETE', `/api/tokens/${encodeURIComponent(id)}`);
      toast(t('"{label}" has been revoked', { label }));
      refresh();
    },
  });
}

/** Who may come in: makes and revokes tokens. */
export function TokensView() {
  const polled = usePolled<{ tokens: Token[] }>('/api/tokens', 5000);
  const [making, setMaking] = useState(false);

  return (
    <Page
      title={t('Tokens')}
      about={t('A token lets a program or a person in, with its permissions and no others.')}
      actions={<Button kind="primary" icon="plus" onClick={() => setMaking(true)}>{t('Create token')}</Button>}
      polled={polled}
    >
      <Table
        caption={t('Tokens')}
        rows={polled.data?.tokens ?? []}
        rowKey={(row) => row.id}
        empty={t('There is no token.')}
        columns={[
          { title: t('Label'), wide: true, cell: ({ label, id }) => <>{label}<span class="sub"><code>{id}</code></span></> },
          {
            title: t('Permissions'),
            cell: ({ permissions }) => <span class="chips">{permissions.map((one) => <span key={one} class="chip">{one}</span>)}</span>,
          },
          { title: t('Created'), cell: ({ createdAt }) => formatMoment(createdAt) },
          { title: t('Expires'), cell: (row) => <Expiry {...row} /> },
          {
            title: t('Actions'),
            quietTitle: true,
            cell: (row) => (
              <Button kind="danger" aria-label={t('Revoke "{label}"', { label: row.label })} onClick={() => revoke(row, polled.refresh)}>
                {t('Revoke')}
              </Button>
            ),
          },
        ]}
      />
      {making && <TokenDialog onClose={() => setMaking(false)} onDone={polled.refresh} />}
    </Page>
  );
}
