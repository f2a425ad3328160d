// SPDX-License-Identifier: LGPL-2.1-or-later
import { t, tn } from '../app/i18n.js';
import type { TraceEvent } from '../store/event-store.js';
import { copyText } from '../ui/copy.js';
import { Icon } from '../ui/icon.js';
import { Menu } from '../ui/menu.js';
import { toast } from '../ui/toast.js';
import { saveCsv, saveNdjson } from './download.js';
import { writeCurl, writeWatch, type Context } from './formats.js';

export interface ExportMenuProps {
  /** how a file is called, without its ending */
  name: string;
  filter: string;
  context: Context;
  /** the events that are shown */
  events: () => Iterable<TraceEvent>;
  /** only a picture on the button */
  compact?: boolean;
}

/** Takes along what is shown, or the filter for other programs. */
export function ExportMenu({ name, filter, context, events, compact = false }: ExportMenuProps) {
  const save = (saving: Promise<number>) => {
    saving.then(
      (count) => toast(tn('One event has been saved', '{count} events have been saved', count)),
      (error: Error) => toast(error.message, 'problem'),
    );
  };
  return (
    <Menu
      label={t('Export')}
      button={<><Icon name="download" />{!compact && <span class="button-text">{t('Export')}</span>}</>}
      class={compact ? 'icon-only' : ''}
      items={[
        { text: t('Save the events as NDJSON'), icon: 'download', run: () => save(saveNdjson(events(), name)) },
        { text: t('Save the events as CSV'), icon: 'download', run: () => save(saveCsv(events, name)) },
        'line',
        { text: t('Copy the filter for curl'), icon: 'copy', run: () => void copyText(writeCurl(location.origin, filter, context)) },
        { text: t('Copy the filter for livetracectl'), icon: 'copy', run: () => void copyText(writeWatch(filter, context)) },
      ]}
    />
  );
}
