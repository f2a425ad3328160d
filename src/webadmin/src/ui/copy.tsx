// SPDX-License-Identifier: LGPL-2.1-or-later
import { t } from '../app/i18n.js';
import { Button } from './button.js';
import { toast } from './toast.js';

/** Puts text on the clipboard and says so. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(t('Copied'));
  } catch {
    toast(t('The browser does not let this page copy. Select the text and copy it yourself.'), 'problem');
  }
}

export function CopyButton({ text, label }: { text: string; label?: string }) {
  return <Button icon="copy" onClick={() => void copyText(text)}><span class="button-text">{label ?? t('Copy')}</span></Button>;
}
