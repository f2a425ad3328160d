// SPDX-License-Identifier: LGPL-2.1-or-later
/** Placeholder. */
export function LevelsView() {
  return <p>Levels</p>;
}
