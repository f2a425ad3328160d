// SPDX-License-Identifier: LGPL-2.1-or-later
import { Dialog } from '../ui/dialog.js';
import { t } from './i18n.js';
import { groups } from './keys.js';
import { shortcuts } from './settings.js';

function nameKeys(): Record<string, string> {
  return {
    ArrowDown: '↓',
    ArrowUp: '↑',
    ArrowLeft: '←',
    ArrowRight: '→',
    Ctrl: t('Ctrl'),
    End: t('End'),
    Enter: t('Enter'),
    Escape: t('Esc'),
    Home: t('Home'),
    PageDown: t('Page down'),
    PageUp: t('Page up'),
    Shift: t('Shift'),
    Space: t('Space'),
  };
}

function Keys({ keys }: { keys: string }) {
  const names = nameKeys();
  return (
    <span class="keys">
      {keys.split(' ').flatMap((stroke, index) => [
        index > 0 && ' ',
        ...stroke.split(/(?<=.)\+(?=.)/).map((key) => <kbd key={index + key}>{names[key] ?? key}</kbd>),
      ])}
    </span>
  );
}

/** Lists the shortcuts in force. */
export function HelpSheet({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t('Keyboard shortcuts')} onClose={onClose} wide>
      {shortcuts.value === 'off' && <p class="hint">{t('Shortcuts of a single key are turned off in the settings.')}</p>}
      <div class="help-groups">
        {groups.value.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl class="help">
              {group.shortcuts.map(({ keys, text }) => (
                <div key={keys}>
                  <dt><Keys keys={keys} /></dt>
                  <dd>{text}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
