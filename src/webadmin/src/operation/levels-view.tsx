// SPDX-License-Identifier: LGPL-2.1-or-later
import { useEffect, useState } from 'preact/hooks';
import { request, segment } from '../app/api.js';
import { t } from '../app/i18n.js';
import { Button } from '../ui/button.js';
import { formatSeconds, now } from '../ui/format.js';
import { LevelBadge } from '../ui/level.js';
import { Table } from '../ui/table.js';
import { toast } from '../ui/toast.js';
import { LevelDialog } from './level-dialog.js';
import { Page } from './page.js';
import { usePolled } from './polled.js';

export interface LevelSetting {
  glob: string;
  level: string;
  configured: boolean;
  secondsLeft: number;
}

function explain(level: string): string {
  switch (level) {
    case 'trace': return t('keeps everything');
    case 'disable': return t('keeps nothing');
    case 'error': return t('keeps errors only');
    default: return t('keeps what is at least this severe');
  }
}

function Lasts({ setting, at }: { setting: LevelSetting; at: number }) {
  if (setting.secondsLeft > 0)
    return <>{t('{time} left', { time: formatSeconds(Math.max(1, setting.secondsLeft - Math.max(0, now.value - at) / 1000)) })}</>;
  return <>{setting.configured ? t('always') : t('until the next restart')}</>;
}

/** What is kept, and for how long; changes end by themselves. */
export function LevelsView() {
  const polled = usePolled<{ levels: LevelSetting[] }>('/api/tracing/levels');
  const [edited, setEdited] = useState<{ glob: string; level: string } | null>(null);
  const { data, at, refresh } = polled;

  // What ends by itself is gone here when it is gone there.
  useEffect(() => {
    const next = Math.min(...(data?.levels ?? []).map(({ secondsLeft }) => secondsLeft > 0 ? secondsLeft : Infinity));
    if (next === Infinity)
      return;
    const timer = setTimeout(refresh, Math.min(Math.max(at + next * 1000 - Date.now(), 100), 60_000));
    return () => clearTimeout(timer);
  }, [data, at]);

  const reset = async ({ glob }: LevelSetting) => {
    try {
      await request('DELETE', `/api/tracing/levels/${segment(glob)}`);
      toast(t('The level of {glob} is as it was before', { glob }));
    } catch (error) {
      toast((error as Error).message, 'problem');
    }
    polled.refresh();
  };

  return (
    <Page
      title={t('Levels')}
      about={t('Events less severe than the level of their type are refused: nobody sees them. If several rows fit a type, the most exact one counts.')}
      actions={<Button kind="primary" icon="plus" onClick={() => setEdited({ glob: '', level: 'trace' })}>{t('Set a level')}</Button>}
      polled={polled}
    >
      <Table
        caption={t('Levels')}
        rows={polled.data?.levels ?? []}
        rowKey={(row) => row.glob}
        empty={t('No level is set: everything is kept.')}
        columns={[
          {
            title: t('Types'),
            cell: ({ glob }) => <><code>{glob}</code>{glob === '*' && <span class="sub">{t('all the others')}</span>}</>,
          },
          { title: t('Level'), wide: true, cell: ({ level }) => <><LevelBadge level={level} /><span class="aside">{explain(level)}</span></> },
          { title: t('From'), cell: ({ configured }) => configured ? t('the configuration') : t('set while running') },
          { title: t('Lasts'), cell: (row) => <Lasts setting={row} at={polled.at} /> },
          {
            title: t('Actions'),
            quietTitle: true,
            cell: (row) => (
              <span class="actions">
                {!row.configured && (
                  <Button kind="quiet" aria-label={t('Reset the level of {glob}', { glob: row.glob })} onClick={() => void reset(row)}>
                    {t('Reset')}
                  </Button>
                )}
                <Button aria-label={t('Change the level of {glob}', { glob: row.glob })} onClick={() => setEdited(row)}>
                  {t('Change')}
                </Button>
              </span>
            ),
          },
        ]}
      />
      {edited !== null && <LevelDialog {...edited} onClose={() => setEdited(null)} onDone={polled.refresh} />}
    </Page>
  );
}
