// SPDX-License-Identifier: LGPL-2.1-or-later
/** Placeholder. */
export function SourcesView() {
  return <p>Sources</p>;
}
