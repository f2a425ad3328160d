// SPDX-License-Identifier: LGPL-2.1-or-later
/** Placeholder. */
export function SpansView() {
  return <p>Spans</p>;
}
