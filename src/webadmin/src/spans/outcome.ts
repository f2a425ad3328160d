// SPDX-License-Identifier: LGPL-2.1-or-later
// What became of a message or connection, in words, as its events tell: those of Stalwart's catalogue and of the
// Postfix rules (data/rules/postfix.conf).
import { t } from '../app/i18n.js';
import { formatDuration, formatValue, makeVisible } from '../live/format-value.js';
import type { TraceEvent, Value } from '../store/event-store.js';
import { formatMoment } from '../ui/format.js';
import { readTime } from './time.js';

/** good: it arrived; wait: it will be tried again; bad: it will not arrive; quiet: nothing of these (yet) */
export type OutcomeKind = 'good' | 'wait' | 'bad' | 'quiet';

export interface Outcome {
  kind: OutcomeKind;
  /** whom it is about; '' if it is about all */
  to: string;
  text: string;
}

interface Found {
  kind: OutcomeKind;
  weight: number;
  to: string;
  /** how the words begin */
  verb: 'delivered' | 'deferred' | 'rejected' | 'failed' | 'discarded' | 'queued' | 'signing-in' | 'blocked' | 'closed';
  reason: Reason;
  host: string;
  /** when it was told, microseconds since 1970 */
  time: number;
  /** what the event itself says it took; -1 if it does not */
  delayMs: number;
  nextTry: string;
}

/** Either one of the words below, or what the event says. */
type Reason = { known: keyof typeof REASONS } | { said: string };

const REASONS = {
  unknownUser: () => t('user unknown'),
  noRelaying: () => t('relaying is not allowed'),
  greylisted: () => t('greylisted'),
  tooLarge: () => t('message too large'),
  sender: () => t('sender not allowed'),
  blockList: () => t('on a block list'),
  tooMany: () => t('too many at once'),
  filter: () => t('a mail filter refused it'),
  refused: () => t('connection refused'),
  timeout: () => t('timed out'),
  lost: () => t('connection lost'),
  noRoute: () => t('no route to host'),
  full: () => t('mailbox full'),
  spam: () => t('taken for spam'),
  lookup: () => t('name lookup failed'),
  noMail: () => t('the domain accepts no mail'),
  tls: () => t('no secure connection'),
  expired: () => t('too long in the queue'),
} as const;

/** What servers and libraries say, and what it means. */
const SAYINGS: [RegExp, keyof typeof REASONS][] = [
  [/user unknown|unknown (?:user|recipient|mailbox)|no such (?:user|recipient|mailbox)|does not exist|mailbox unavailable|\b5\.1\.1\b/i, 'unknownUser'],
  [/connection refused/i, 'refused'],
  [/time(?:d )?-?out/i, 'timeout'],
  [/no route to host|network is unreachable/i, 'noRoute'],
  [/gr[ae]y-?list/i, 'greylisted'],
  [/over ?quota|mailbox (?:is )?full|quota exceeded|\b[45]\.2\.2\b/i, 'full'],
  [/relay(?:ing)? (?:access )?(?:denied|not)/i, 'noRelaying'],
  [/blocked using|block ?list|blacklist|dnsbl/i, 'blockList'],
  [/\bspam\b/i, 'spam'],
  [/host(?: or domain)? (?:name )?not found|servfail|nxdomain|name service error/i, 'lookup'],
  [/lost connection|connection (?:reset|lost|closed)/i, 'lost'],
  [/message (?:size|too)|\b5\.3\.4\b/i, 'tooLarge'],
];

interface Rule {
  verb: Found['verb'];
  kind: OutcomeKind;
  reason?: keyof typeof REASONS;
  /** what may take whose place: at least as much */
  weight?: number;
}

const RULES: Record<string, Rule> = {
  'delivery.delivered': { verb: 'delivered', kind: 'good' },
  'delivery.deferred': { verb: 'deferred', kind: 'wait' },
  'delivery.dsn-temp-fail': { verb: 'deferred', kind: 'wait' },
  'queue.rescheduled': { verb: 'deferred', kind: 'wait' },
  'delivery.failed': { verb: 'failed', kind: 'bad' },
  'delivery.dsn-perm-fail': { verb: 'failed', kind: 'bad' },
  'delivery.double-bounce': { verb: 'discarded', kind: 'bad' },
  'delivery.null-mx': { verb: 'failed', kind: 'bad', reason: 'noMail' },
  'delivery.rcpt-to-rejected': { verb: 'rejected', kind: 'bad' },
  'delivery.mail-from-rejected': { verb: 'rejected', kind: 'bad' },
  'delivery.message-rejected': { verb: 'rejected', kind: 'bad' },
  'delivery.ehlo-rejected': { verb: 'rejected', kind: 'bad' },
  'smtp.mailbox-does-not-exist': { verb: 'rejected', kind: 'bad', reason: 'unknownUser' },
  'smtp.relay-not-allowed': { verb: 'rejected', kind: 'bad', reason: 'noRelaying' },
  'smtp.rcpt-to-greylisted': { verb: 'deferred', kind: 'wait', reason: 'greylisted' },
  'smtp.message-too-large': { verb: 'rejected', kind: 'bad', reason: 'tooLarge' },
  'smtp.mail-from-unauthorized': { verb: 'rejected', kind: 'bad', reason: 'sender' },
  'smtp.rate-limit-exceeded': { verb: 'rejected', kind: 'bad', reason: 'tooMany' },
  'smtp.concurrency-limit-exceeded': { verb: 'rejected', kind: 'bad', reason: 'tooMany' },
  'postfix.dnsbl-rejected': { verb: 'rejected', kind: 'bad', reason: 'blockList' },
  'postfix.rejected': { verb: 'rejected', kind: 'bad' },
  'postfix.content-rejected': { verb: 'rejected', kind: 'bad' },
  'milter.action-reject': { verb: 'rejected', kind: 'bad', reason: 'filter' },
  'milter.action-temp-fail': { verb: 'deferred', kind: 'wait', reason: 'filter' },
  'milter.action-discard': { verb: 'discarded', kind: 'bad', reason: 'filter' },
  'queue.queue-message': { verb: 'queued', kind: 'quiet', weight: 1 },
  'queue.queue-message-authenticated': { verb: 'queued', kind: 'quiet', weight: 1 },
  'auth.failed': { verb: 'signing-in', kind: 'bad', weight: 2 },
  'security.authentication-ban': { verb: 'blocked', kind: 'bad', weight: 2 },
  'security.scan-ban': { verb: 'blocked', kind: 'bad', weight: 2 },
  'security.abuse-ban': { verb: 'blocked', kind: 'bad', weight: 2 },
  'security.ip-blocked': { verb: 'blocked', kind: 'bad', weight: 2 },
  'smtp.connection-end': { verb: 'closed', kind: 'quiet', weight: 0 },
};

/** Events that tell why the next attempt fails. */
const HINTS: Record<string, keyof typeof REASONS | null> = {
  'delivery.connect-error': null,
  'delivery.connection-lost': 'lost',
  'delivery.greeting-failed': null,
  'delivery.ip-lookup-failed': 'lookup',
  'delivery.mx-lookup-failed': 'lookup',
  'delivery.start-tls-error': 'tls',
  'delivery.start-tls-unavailable': 'tls',
  'delivery.implicit-tls-error': 'tls',
  'delivery.auth-failed': null,
};

const FINAL_WEIGHT = 3;
const MAX_REASON_LENGTH = 160;
const MAX_RECIPIENTS = 200;

function readText(value: Value | undefined): string {
  if (value === undefined)
    return '';
  const one = Array.isArray(value) ? value[0] ?? '' : value;
  if (Array.isArray(one))
    return '';
  return typeof one === 'object' ? one.text ?? one.type : String(one);
}

function readReason({ data, details }: TraceEvent, known: keyof typeof REASONS | undefined | null): Reason | null {
  if (known)
    return { known };
  const texts = [data.reason, data.response, details, data.details].map(readText).filter((text) => text !== '');
  for (const text of texts)
    for (const [pattern, meaning] of SAYINGS)
      if (pattern.test(text.slice(0, 2000)))
        return { known: meaning };
  const said = texts[0] ?? (data.code === undefined ? '' : readText(data.code));
  return said === '' ? null : { said: said.length > MAX_REASON_LENGTH ? `${said.slice(0, MAX_REASON_LENGTH)}…` : said };
}

function readHost({ data }: TraceEvent): string {
  const relay = readText(data.relay).replace(/\[.*$/s, '');
  return relay || readText(data.hostname) || readText(data.remoteHost) || readText(data.remoteIp);
}

function listRecipients(value: Value | undefined): string[] {
  if (value === undefined)
    return [];
  return (Array.isArray(value) ? value.slice(0, MAX_RECIPIENTS) : [value]).map((one) => readText(one));
}

/** Follows the events of a span or trace. */
export class OutcomeFinder {
  private readonly found = new Map<string, Found>();
  private recipients: string[] = [];
  private hint: Reason | null = null;
  private begin = Infinity;

  add(event: TraceEvent): void {
    const { data, type } = event;
    const time = readTime(event.createdAt);
    this.begin = Math.min(this.begin, time);
    if (type === 'delivery.attempt-start')
      this.recipients = listRecipients(data.to);
    if (type in HINTS)
      this.hint = readReason(event, HINTS[type]) ?? this.hint;
    const rule = RULES[type];
    if (rule === undefined)
      return;
    const weight = rule.weight ?? FINAL_WEIGHT;
    if (weight < FINAL_WEIGHT && [...this.found.values()].some((one) => one.weight > weight))
      return;
    const own = readReason(event, rule.reason);
    const reason = own ?? this.hint ?? { said: '' };
    const told = weight < FINAL_WEIGHT ? [] : listRecipients(data.to);
    const about = told.length > 0 ? told : weight < FINAL_WEIGHT || this.recipients.length === 0 ? [''] : this.recipients;
    for (const to of about)
      this.put({
        kind: rule.kind,
        weight,
        to,
        verb: rule.verb,
        reason,
        host: readHost(event),
        time,
        delayMs: typeof data.delay === 'number' ? data.delay : -1,
        nextTry: readText(data.nextRetry ?? data.due),
      }, own !== null);
    if (rule.kind === 'good')
      this.hint = null;
    else if (rule.kind === 'bad' && own !== null)
      this.hint = own;
  }

  private put(now: Found, hasReason: boolean): void {
    const before = this.found.get(now.to);
    if (now.to !== '' || now.weight > (this.found.get('')?.weight ?? 9))
      this.found.delete('');
    // What repeats it adds to it only.
    if (before !== undefined && before.kind === now.kind && now.kind !== 'good' && !hasReason && before.weight === now.weight)
      before.nextTry = now.nextTry || before.nextTry;
    else if (this.found.size < MAX_RECIPIENTS || before !== undefined)
      this.found.set(now.to, now);
  }

  /** Puts together what the spans of a trace tell. */
  static join(finders: OutcomeFinder[]): OutcomeFinder {
    const joined = new OutcomeFinder();
    const all = finders.flatMap((finder) => [...finder.found.values()]).sort((a, b) => a.time - b.time);
    const most = all.reduce((weight, found) => Math.max(weight, found.weight), 0);
    joined.begin = finders.reduce((least, finder) => Math.min(least, finder.begin), Infinity);
    for (const found of all)
      if (found.weight === most)
        joined.found.set(found.to, found);
    return joined;
  }

  /**
   * What is known by now, in the page's language; the worst comes first.
   *
   * @param isWhole whether there is nothing else: only then can it be said that no message came
   */
  describe(isWhole = false): Outcome[] {
    const order: OutcomeKind[] = ['bad', 'wait', 'good', 'quiet'];
    return [...this.found.values()].filter((found) => isWhole || found.weight > 0)
      .map((found) => ({ kind: found.kind, to: found.to, text: describe(found, this.begin) }))
      .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  }
}

function describe({ verb, reason: why, host, time: told, delayMs, nextTry }: Found, begin: number): string {
  const reason = 'known' in why ? REASONS[why.known]() : makeVisible(why.said);
  const time = formatDuration(Math.max(0, delayMs >= 0 ? delayMs : (told - begin) / 1000));
  switch (verb) {
    case 'delivered':
      return /^$|^localhost$|^[\w-]+$/.test(host) ? t('delivered locally after {time}', { time })
        : t('delivered to {host} after {time}', { host: makeVisible(host), time });
    case 'deferred': {
      const when = nextTry === '' ? '' : Number.isNaN(Date.parse(nextTry)) ? formatValue('nextRetry', nextTry) : formatMoment(nextTry);
      if (reason === '')
        return when === '' ? t('deferred') : t('deferred, next try {when}', { when });
      return when === '' ? t('deferred: {reason}', { reason }) : t('deferred: {reason}, next try {when}', { reason, when });
    }
    case 'rejected':
      return reason === '' ? t('rejected') : t('rejected: {reason}', { reason });
    case 'failed':
      return reason === '' ? t('not delivered') : t('not delivered: {reason}', { reason });
    case 'discarded':
      return reason === '' ? t('discarded') : t('discarded: {reason}', { reason });
    case 'queued':
      return t('in the queue');
    case 'signing-in':
      return t('signing in failed');
    case 'blocked':
      return t('blocked');
    case 'closed':
      return t('closed without a message');
  }
}
