// SPDX-License-Identifier: LGPL-2.1-or-later
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../ui/button.js';
import { TextField } from '../ui/field.js';
import type { Problem } from './api.js';
import { rich, t, tn } from './i18n.js';
import { signIn, signInProblem, wasSignedIn } from './session.js';

function describe(problem: Problem): string {
  switch (problem.status) {
    case 0:
      return t('The daemon cannot be reached. Is it running, and is this machine connected?');
    case 401:
      return t('This is not good for signing in: it is mistyped, used up, expired or revoked.');
    case 429:
      return problem.retryAfter === undefined
        ? t('Too many failed attempts. Wait a minute, then try again.')
        : tn('Too many failed attempts. Try again in one second.', 'Too many failed attempts. Try again in {count} seconds.',
          problem.retryAfter);
    default:
      return t('Signing in failed: {reason}', { reason: problem.detail });
  }
}

/** Signs in with a token. The address stays as it is, so one gets where one wanted. */
export function SignIn() {
  const [token, setToken] = useState('');
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const problem = signInProblem.value;

  useEffect(() => {
    document.title = `${t('Sign in')} – Livetrace`;
    form.current!.querySelector('input')!.focus();
  }, []);

  const submit = async () => {
    setBusy(true);
    if (!await signIn({ token: token.trim() }))
      setBusy(false);
  };

  return (
    <main class="sign-in">
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && token.trim() !== '')
            void submit();
        }}
      >
        <h1>
          <svg viewBox="4 5 24 22" width="28" height="26" aria-hidden="true"><path d="M5 17h5l3-8 5 15 3.5-10 1.5 3h4" /></svg>
          Livetrace
        </h1>
        {wasSignedIn.value && problem === null && (
          <p class="note" role="status">{t('You are signed out: the session is over. Sign in to go on where you were.')}</p>
        )}
        <TextField
          label={t('Token')}
          type="password"
          name="token"
          autocomplete="current-password"
          value={token}
          onValue={setToken}
          problem={problem === null ? null : describe(problem)}
        />
        <Button kind="primary" type="submit" disabled={busy}>{t('Sign in')}</Button>
        <p class="hint">
          {rich(t('No token? On the server, {command} prints a link that signs you in once.'), {
            command: <code>livetracectl sign-in</code>,
          })}
        </p>
      </form>
    </main>
  );
}
