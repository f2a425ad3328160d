// SPDX-License-Identifier: LGPL-2.1-or-later
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../ui/button.js';
import { TextField } from '../ui/field.js';
import type { Problem } from './api.js';
import { rich, t, tn } from './i18n.js';
import { resume, signIn, signInProblem, wasSignedIn } from './session.js';

export function describeSignInProblem(problem: Problem): string {
  switch (problem.status) {
    case 0:
      return t('The daemon cannot be reached. Is it running, and is this machine connected?');
    case 401:
      return t('This token or link does not work: it is mistyped, used up, expired or revoked.');
    case 429:
      return problem.retryAfter === undefined
        ? t('Too many failed attempts. Wait a minute, then try again.')
        : tn('Too many failed attempts. Try again in one second.', 'Too many failed attempts. Try again in {count} seconds.',
          problem.retryAfter);
    default:
      return t('Signing in failed: {reason}', { reason: problem.detail });
  }
}

/** Asks for a token and signs in with it. */
export function SignInForm({ onDone, children }: { onDone?: () => void; children?: ComponentChildren }) {
  const [token, setToken] = useState('');
  const [busy, setBusy] = useState(false);
  const problem = signInProblem.value;

  const submit = async () => {
    setBusy(true);
    if (await signIn({ token: token.trim() }))
      onDone?.();
    setBusy(false);
  };

  return (
    <form
      class="sign-in-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy && token.trim() !== '')
          void submit();
      }}
    >
      {children}
      <TextField
        label={t('Token')}
        type="password"
        name="token"
        autocomplete="current-password"
        value={token}
        onValue={setToken}
        problem={problem === null ? null : describeSignInProblem(problem)}
      />
      <Button kind="primary" type="submit" disabled={busy}>{t('Sign in')}</Button>
      <p class="hint">
        {rich(t('No token? On the server, {command} prints a link that signs you in once.'), {
          command: <code>livetracectl sign-in</code>,
        })}
      </p>
    </form>
  );
}

/** What there is for those who are not signed in. The address stays as it is, so one gets where one wanted. */
export function SignIn() {
  const main = useRef<HTMLElement>(null);

  useEffect(() => {
    // Signed in by another tab?
    const onVisible = () => {
      if (!document.hidden)
        void resume();
    };

    document.title = `${t('Sign in')} – Livetrace`;
    main.current!.querySelector('input')!.focus();
    document.addEventListener('visibilitychange', onVisible);
    return () => document.removeEventListener('visibilitychange', onVisible);
  }, []);

  return (
    <main class="sign-in" ref={main}>
      <SignInForm>
        <h1>
          <svg viewBox="4 5 24 22" width="28" height="26" aria-hidden="true"><path d="M5 17h5l3-8 5 15 3.5-10 1.5 3h4" /></svg>
          Livetrace
        </h1>
        {wasSignedIn.value && signInProblem.value === null && (
          <p class="note" role="status">{t('You are signed out: the session is over. Sign in to go on where you were.')}</p>
        )}
      </SignInForm>
    </main>
  );
}
