// SPDX-License-Identifier: LGPL-2.1-or-later
import { signal } from '@preact/signals';
import { t } from '../app/i18n.js';
import { IconButton } from './button.js';

interface Toast {
  id: number;
  text: string;
  kind: 'done' | 'problem';
}

const SHOWN_MS = 6000;
const toasts = signal<Toast[]>([]);
let lastId = 0;

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Says briefly what has been done; a problem stays until it is closed. */
export function toast(text: string, kind: Toast['kind'] = 'done'): void {
  const id = ++lastId;
  toasts.value = [...toasts.value.slice(-3), { id, text, kind }];
  if (kind === 'done')
    setTimeout(() => dismiss(id), SHOWN_MS);
}

/** Where toasts appear; stands once in the page. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, text, kind }) => (
        <div key={id} class={`toast ${kind}`}>
          <span>{text}</span>
          <IconButton icon="close" label={t('Dismiss')} onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
