// SPDX-License-Identifier: LGPL-2.1-or-later
/** Placeholder. */
export function LiveView() {
  return <p>Live</p>;
}
