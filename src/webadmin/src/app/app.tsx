// SPDX-License-Identifier: LGPL-2.1-or-later
import { Questions } from '../ui/dialog.js';
import { Toasts } from '../ui/toast.js';
import { t } from './i18n.js';
import { session } from './session.js';
import { Shell } from './shell.js';
import { SignIn } from './sign-in.js';

/** The page: the sign-in view until somebody is signed in, then the views. */
export function App() {
  return (
    <>
      {session.value === undefined ? <p class="loading" role="status">{t('Loading …')}</p>
        : session.value === null ? <SignIn /> : <Shell />}
      <Questions />
      <Toasts />
    </>
  );
}
