// SPDX-License-Identifier: LGPL-2.1-or-later
import { Menu } from '../ui/menu.js';
import { Icon } from '../ui/icon.js';
import { formatMoment } from '../ui/format.js';
import { toast } from '../ui/toast.js';
import { t } from './i18n.js';
import { session, signOut } from './session.js';

/** Says who is signed in, with what permissions and until when; signs out. */
export function UserMenu() {
  const { label, permissions, expiresAt } = session.value!;

  return (
    <Menu
      class="quiet user"
      label={t('Signed in as {label}', { label })}
      button={<><Icon name="user" /><span class="user-label">{label}</span></>}
      head={
        <dl class="facts">
          <dt>{t('Signed in as')}</dt>
          <dd>{label}</dd>
          <dt>{t('Permissions')}</dt>
          <dd>{permissions.join(', ')}</dd>
          <dt>{t('Until')}</dt>
          <dd>{expiresAt === null ? t('no end') : formatMoment(expiresAt)}</dd>
        </dl>
      }
      items={[{
        text: t('Sign out'),
        run: () => void signOut().catch((error: Error) => toast(error.message, 'problem')),
      }]}
    />
  );
}
