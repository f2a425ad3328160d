// SPDX-License-Identifier: LGPL-2.1-or-later
// The keys and types the daemon knows, with their titles in the page's language.
import { signal } from '@preact/signals';
import { request } from '../app/api.js';
import { language } from '../app/i18n.js';
import { foldName } from '../filter/terms.js';

export interface KnownKey {
  key: string;
  title: string;
  kind: string | null;
}

export interface KnownType {
  type: string;
  title: string;
  level: string;
}

export const knownKeys = signal<KnownKey[]>([]);
export const knownTypes = signal<KnownType[]>([]);
const byName = signal(new Map<string, KnownKey>());

/** What is known of a key. */
export function findKey(name: string): KnownKey | undefined {
  return byName.value.get(foldName(name));
}

/** Asks the daemon. What is not known meanwhile is shown by its name. */
export async function loadCatalogue(signal: AbortSignal): Promise<void> {
  const headers = { 'Accept-Language': language.value };
  const [{ keys }, { types }] = await Promise.all([
    request<{ keys: KnownKey[] }>('GET', '/api/tracing/keys', { headers, signal }),
    request<{ types: KnownType[] }>('GET', '/api/tracing/catalogue', { headers, signal }),
  ]);
  if (signal.aborted)
    return;
  byName.value = new Map(keys.map((key) => [foldName(key.key), key]));
  knownKeys.value = keys;
  knownTypes.value = types;
}
