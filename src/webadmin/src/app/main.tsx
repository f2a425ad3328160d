// SPDX-License-Identifier: LGPL-2.1-or-later
import '../styles/index.css';
import { effect } from '@preact/signals';
import { render } from 'preact';
import { toast } from '../ui/toast.js';
import { App } from './app.js';
import { loadLanguage } from './i18n.js';
import { resume, session, signIn, signInProblem, takeLinkSecret } from './session.js';
import { languageChoice } from './settings.js';
import { describeSignInProblem } from './sign-in.js';

/** Signs in by the one-time link one has followed; if it is no good, one stays who one is. */
async function signInByLink(secret: string): Promise<void> {
  if (await signIn({ signIn: secret }))
    return;

  const problem = signInProblem.value!;
  if (!session.value)
    await resume();
  if (session.value) {
    signInProblem.value = null;
    toast(describeSignInProblem(problem), 'problem');
  } else {
    signInProblem.value = problem;
  }
}

async function begin(): Promise<void> {
  const secret = takeLinkSecret();
  const signingIn = secret === null ? resume() : signInByLink(secret);

  await loadLanguage(languageChoice.value).catch(() => undefined);
  render(<App />, document.getElementById('app')!);
  await signingIn;
  effect(() => void loadLanguage(languageChoice.value).catch(() => undefined));
  addEventListener('hashchange', () => {
    const late = takeLinkSecret();
    if (late !== null)
      void signInByLink(late);
  });
}

void begin();
