// SPDX-License-Identifier: LGPL-2.1-or-later
/** Placeholder. */
export function SubscribersView() {
  return <p>Subscribers</p>;
}
