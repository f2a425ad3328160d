// SPDX-License-Identifier: LGPL-2.1-or-later
import { useState } from 'preact/hooks';
import { IconButton } from '../ui/button.js';
import { formatMoment, formatSeconds, now } from '../ui/format.js';
import { t } from './i18n.js';
import { session } from './session.js';

const WARN_MS = 10 * 60 * 1000;

/** Says before the session ends that it will, and how to go on. */
export function ExpiryBanner() {
  const [dismissed, setDismissed] = useState<string | null>(null);
  const expiresAt = session.value?.expiresAt ?? null;

  if (expiresAt === null || expiresAt === dismissed)
    return null;
  const left = Date.parse(expiresAt) - now.value;
  if (left > WARN_MS)
    return null;

  return (
    <div class="banner" role="alert">
      <p>
        {t('You will be signed out in {time}, at {moment}.', {
          time: formatSeconds(Math.ceil(left / 60000) * 60),
          moment: formatMoment(expiresAt),
        })}
        {' '}
        {t('To go on, make a new token or a sign-in link ("livetracectl sign-in") and sign in with it: this page comes back to where you are.')}
      </p>
      <IconButton icon="close" label={t('Dismiss')} onClick={() => setDismissed(expiresAt)} />
    </div>
  );
}
