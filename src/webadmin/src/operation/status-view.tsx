// SPDX-License-Identifier: LGPL-2.1-or-later
/** Placeholder. */
export function StatusView() {
  return <p>Status</p>;
}
