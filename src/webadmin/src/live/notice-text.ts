// SPDX-License-Identifier: LGPL-2.1-or-later
// What happened to the stream, in words.
import { t, tn } from '../app/i18n.js';
import { formatSeconds } from '../ui/format.js';
import type { RowNotice } from '../store/event-store.js';

/** How urgent a notice is. */
export function weighNotice(notice: RowNotice): 'problem' | 'notice' | 'quiet' {
  if (notice.kind === 'refused' || notice.kind === 'ended' || notice.kind === 'signed-out')
    return 'problem';
  return notice.kind === 'reconnected' ? 'quiet' : 'notice';
}

/** Why a stream was ended, as the daemon says it. */
export function describeReason(reason: string): string {
  const texts: Record<string, () => string> = {
    revoked: () => t('the token was revoked'),
    expired: () => t('the token has expired'),
    'signed-out': () => t('the session was signed out'),
    displaced: () => t('newer sessions took the place of this one'),
    disconnected: () => t('an administrator ended it'),
    shutdown: () => t('the daemon was stopped'),
  };
  return texts[reason]?.() ?? reason;
}

export function describeNotice(notice: RowNotice): string {
  switch (notice.kind) {
    case 'gap':
      return notice.dropped === null ? t('Events are missing here; nobody can know how many.')
        : tn('One event is missing here: it left the daemon before it could be sent.',
          '{count} events are missing here: they left the daemon before they could be sent.', notice.dropped);
    case 'fell-out':
      return tn('One event that came while paused is missing here: there was no room for it.',
        '{count} events that came while paused are missing here: there was no room for them.', notice.count);
    case 'offline':
      return notice.reason === '' ? t('The connection was lost.')
        : t('The connection was lost: {reason}.', { reason: describeReason(notice.reason) });
    case 'reconnected':
      return t('Connected again after {time}.', { time: formatSeconds(Math.max(1, notice.seconds)) });
    case 'restarted':
      return t('The daemon was restarted: what it had not sent before is lost.');
    case 'busy':
      return t('The daemon asked to wait {time}: {reason}', {
        time: formatSeconds(notice.seconds),
        reason: notice.problem.detail || String(notice.problem.status),
      });
    case 'refused':
      return t('The daemon refused this stream: {reason}', { reason: notice.problem.detail || String(notice.problem.status) });
    case 'signed-out':
      return t('Nobody is signed in any more.');
    case 'ended':
      return t('This stream was ended: {reason}.', { reason: describeReason(notice.reason) });
  }
}
