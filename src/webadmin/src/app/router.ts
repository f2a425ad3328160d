// SPDX-License-Identifier: LGPL-2.1-or-later
// Where one is: `#/VIEW?NAME=VALUE…`. All of it can be shared and bookmarked.
import { computed, signal } from '@preact/signals';

export const VIEWS = ['live', 'spans', 'subscribers', 'levels', 'sources', 'tokens', 'status'] as const;
export type View = (typeof VIEWS)[number];

export interface Route {
  view: View;
  /** as they stand in the address; not to be changed */
  parameters: URLSearchParams;
}

function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const view = VIEWS.find((name) => name === path) ?? 'live';
  return { view, parameters: new URLSearchParams(query) };
}

/** Where one is. */
export const route = signal<Route>(parse(location.hash));
export const view = computed(() => route.value.view);

/** The address that is known; what differs from it has been asked for since, and not been told yet. */
let known = location.hash;

addEventListener('hashchange', () => {
  known = location.hash;
  route.value = parse(known);
});

/** Writes the address of a view. Parameters that are null or empty are left out. */
export function href(to: View, parameters: Record<string, string | null> | URLSearchParams = {}): string {
  const query = new URLSearchParams();
  const entries = parameters instanceof URLSearchParams ? [...parameters] : Object.entries(parameters);
  for (const [name, value] of entries)
    if (value !== null && value !== '')
      query.append(name, value);
  const text = query.toString();
  return `#/${to}${text === '' ? '' : `?${text}`}`;
}

/** Goes somewhere; with `replace` the browser's history does not grow. */
export function navigate(
  to: View,
  parameters: Record<string, string | null> | URLSearchParams = {},
  replace = false,
): void {
  const address = href(to, parameters);
  if (replace && location.hash !== known) {
    // Somebody is on the way to another place already.
    known = location.hash;
    route.value = parse(known);
    return;
  }
  if (replace)
    history.replaceState(null, '', address);
  else if (address !== location.hash)
    history.pushState(null, '', address);
  known = location.hash;
  route.value = parse(address);
}

/** Changes some parameters of the present view; null takes one away. */
export function setParameters(changes: Record<string, string | null>, replace = false): void {
  const parameters = new URLSearchParams(route.value.parameters);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '')
      parameters.delete(name);
    else
      parameters.set(name, value);
  }
  navigate(route.value.view, parameters, replace);
}
