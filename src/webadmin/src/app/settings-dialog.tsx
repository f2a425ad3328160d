// SPDX-License-Identifier: LGPL-2.1-or-later
import { Dialog } from '../ui/dialog.js';
import { CheckField, Segmented } from '../ui/field.js';
import { t } from './i18n.js';
import { languageChoice, shortcuts, theme, zone } from './settings.js';

/** What one may choose; it takes effect at once and stays in this browser. */
export function SettingsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t('Settings')} onClose={onClose}>
      <Segmented
        label={t('Theme')}
        value={theme.value}
        onValue={(value) => { theme.value = value; }}
        choices={[['system', t('Like the system')], ['light', t('Light')], ['dark', t('Dark')]]}
      />
      <Segmented
        label={t('Times')}
        value={zone.value}
        onValue={(value) => { zone.value = value; }}
        choices={[['local', t('Local')], ['utc', 'UTC']]}
      />
      <Segmented
        label={t('Language')}
        value={languageChoice.value}
        onValue={(value) => { languageChoice.value = value; }}
        choices={[['auto', t('Like the browser')], ['en', 'English'], ['de', 'Deutsch']]}
      />
      <CheckField
        label={t('Shortcuts of a single key')}
        checked={shortcuts.value === 'on'}
        onChecked={(checked) => { shortcuts.value = checked ? 'on' : 'off'; }}
      />
    </Dialog>
  );
}
