// SPDX-License-Identifier: LGPL-2.1-or-later
import { t } from '../app/i18n.js';
import { zone } from '../app/settings.js';
import { Icon } from '../ui/icon.js';
import { Menu } from '../ui/menu.js';
import { clear, filter, setContext } from './model.js';

/** What is asked for more rarely. */
export function MoreMenu() {
  const context = filter.value?.context ?? 'span';
  return (
    <Menu
      label={t('More')}
      button={<Icon name="more" />}
      class="icon-only"
      items={[
        { text: t('Matches and the rest of their spans'), checked: context === 'span', run: () => setContext('span') },
        { text: t('Matches and their whole traces'), checked: context === 'trace', run: () => setContext('trace') },
        { text: t('Only the matches'), checked: context === 'event', run: () => setContext('event') },
        'line',
        { text: t('Local times'), checked: zone.value === 'local', run: () => { zone.value = 'local'; } },
        { text: t('Times in UTC'), checked: zone.value === 'utc', run: () => { zone.value = 'utc'; } },
        'line',
        { text: t('Clear the list'), icon: 'close', run: clear },
      ]}
    />
  );
}
