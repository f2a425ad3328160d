// SPDX-License-Identifier: LGPL-2.1-or-later
import { useState } from 'preact/hooks';
import { Button, IconButton } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { formatMoment, formatSeconds, now } from '../ui/format.js';
import { toast } from '../ui/toast.js';
import { t } from './i18n.js';
import { getTimeLeft, session, WARN_MS } from './session.js';
import { SignInForm } from './sign-in.js';

/** Says before the session ends that it will, and lets one sign in anew without leaving. */
export function ExpiryBanner() {
  const [dismissed, setDismissed] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const found = session.value!;
  const left = getTimeLeft(found, now.value);

  if (left > WARN_MS || found.expiresAt === dismissed)
    return null;

  return (
    <aside class="banner" aria-label={t('Session')}>
      <p role="alert">
        {t('You will be signed out at {moment}. To go on, sign in with another token before.', {
          moment: formatMoment(found.expiresAt!),
        })}
      </p>
      <span class="banner-left">{t('{time} left', { time: formatSeconds(left / 1000) })}</span>
      <Button onClick={() => setAsking(true)}>{t('Sign in again')}</Button>
      <IconButton icon="close" label={t('Dismiss')} onClick={() => setDismissed(found.expiresAt)} />
      {asking && (
        <Dialog title={t('Sign in again')} onClose={() => setAsking(false)}>
          <SignInForm
            onDone={() => {
              setAsking(false);
              toast(t('Signed in again'));
            }}
          />
        </Dialog>
      )}
    </aside>
  );
}
