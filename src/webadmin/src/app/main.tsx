// SPDX-License-Identifier: LGPL-2.1-or-later
import '../styles/index.css';
import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './app.js';
import { loadLanguage } from './i18n.js';
import { resume, signIn, takeLinkSecret } from './session.js';
import { languageChoice } from './settings.js';

async function begin(): Promise<void> {
  const secret = takeLinkSecret();
  const signingIn = secret === null ? resume() : signIn({ signIn: secret });

  await loadLanguage(languageChoice.value).catch(() => undefined);
  render(<App />, document.getElementById('app')!);
  await signingIn;
  effect(() => void loadLanguage(languageChoice.value).catch(() => undefined));
}

void begin();
