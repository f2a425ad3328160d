// SPDX-License-Identifier: LGPL-2.1-or-later
import { t } from '../app/i18n.js';
import type { State } from '../stream/client.js';
import { Button } from '../ui/button.js';
import { formatSeconds, now } from '../ui/format.js';
import { filter, filterProblem, retry, streamState } from './model.js';
import { describeReason } from './notice-text.js';

interface Words {
  kind: 'good' | 'busy' | 'problem';
  text: string;
  action?: string;
}

function describe(state: State): Words {
  switch (state.name) {
    case 'live':
      return { kind: 'good', text: t('Live') };
    case 'connecting':
      return { kind: 'busy', text: t('Connecting …') };
    case 'replaying':
      return { kind: 'busy', text: t('Catching up …') };
    case 'offline':
      return { kind: 'problem', text: t('Offline; next try in {time}', { time: formatSeconds((state.retryAt - now.value) / 1000) }), action: t('Try now') };
    case 'busy':
      return { kind: 'problem', text: t('The daemon is busy; next try in {time}', { time: formatSeconds((state.retryAt - now.value) / 1000) }), action: t('Try now') };
    case 'refused':
      return { kind: 'problem', text: t('Refused'), action: t('Try again') };
    case 'signed-out':
      return { kind: 'problem', text: t('Signed out') };
    case 'ended':
      return { kind: 'problem', text: t('Ended: {reason}', { reason: describeReason(state.reason) }), action: t('Connect again') };
    case 'suspended':
      return state.why === 'streams'
        ? { kind: 'problem', text: t('Waiting: this browser has four streams open, as many as it may'), action: t('Resume here') }
        : { kind: 'busy', text: t('Catching up …') };
  }
}

/** How the stream is, and what one can do about it. */
export function StreamStatus() {
  // A filter that was wrong from the beginning has no stream: nothing is connecting.
  const { kind, text, action }: Words = filter.value === null && filterProblem.value !== null ? { kind: 'problem', text: t('No stream') }
    : describe(streamState.value);
  return (
    <div class={`stream-status stream-${kind}`}>
      <span class="stream-sign" aria-hidden="true" />
      <span>{text}</span>
      {action !== undefined && <Button kind="quiet" onClick={retry}>{action}</Button>}
    </div>
  );
}
