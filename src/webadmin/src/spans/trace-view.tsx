// SPDX-License-Identifier: LGPL-2.1-or-later
import { useMemo, useRef, useState } from 'preact/hooks';
import { language, t, tn } from '../app/i18n.js';
import { href, navigate, setParameters } from '../app/router.js';
import { zone } from '../app/settings.js';
import { ExportMenu } from '../export/export-menu.js';
import { quoteValue } from '../filter/terms.js';
import { formatDuration, formatTime, formatValue, makeVisible } from '../live/format-value.js';
import { getLastParameters } from '../live/model.js';
import type { TraceEvent, Value } from '../store/event-store.js';
import { CopyButton } from '../ui/copy.js';
import { Segmented } from '../ui/field.js';
import { formatNumber, now } from '../ui/format.js';
import { Outcomes } from './outcomes.js';
import { OutcomeFinder } from './outcome.js';
import { makeTimeline, type Timeline } from './timeline.js';
import { useTrace, type Trace } from './use-trace.js';
import { Waterfall } from './waterfall.js';

type Context = 'span' | 'trace';

/** After this time without an event nobody would say that it is going on. */
const QUIET_US = 60e6;

const FACTS = ['remoteIp', 'remoteHost', 'queueId', 'messageId', 'size', 'accountName'] as const;

function nameFact(key: (typeof FACTS)[number]): string {
  switch (key) {
    case 'remoteIp': return t('Client');
    case 'remoteHost': return t('Client name');
    case 'queueId': return t('Queue id');
    case 'messageId': return t('Message id');
    case 'size': return t('Size');
    case 'accountName': return t('Account');
  }
}

/** The first value that a key has; empty if none has it. */
function findFact(events: TraceEvent[], key: string): string {
  const value: Value | undefined = events.find((event) => event.data[key] !== undefined)?.data[key];
  if (value === undefined || typeof value === 'object' && !Array.isArray(value))
    return '';
  const text = makeVisible(Array.isArray(value) ? value.slice(0, 5).map(String).join(', ') : formatValue(key, value));
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

function collectFacts(events: TraceEvent[]): [string, string][] {
  return FACTS.map((key): [string, string] => [nameFact(key), findFact(events, key)]).filter(([, text]) => text !== '');
}

/** From whom to whom; empty if it says neither. */
function findWay(events: TraceEvent[]): string {
  const from = findFact(events, 'from');
  const to = findFact(events, 'to');
  return from === '' && to === '' ? '' : `${from} → ${to || '?'}`.trim();
}

function Status({ trace: { state, lost, omitted }, timeline }: { trace: Trace; timeline: Timeline }) {
  const words = [
    omitted > 0 && tn('One earlier event is left out.', '{count} earlier events are left out.', omitted),
    lost === null && t('Events are missing here; nobody can know how many.'),
    lost !== null && lost > 0 && tn('One event is missing here.', '{count} events are missing here.', lost),
    (state?.name === 'offline' || state?.name === 'busy') && t('The connection is lost: what comes now is not here yet.'),
    state?.name === 'refused' && state.problem.detail,
  ].filter((one) => typeof one === 'string' && one !== '');
  const isOpen = timeline.spans.some((span) => !span.ended && span.children.length === 0) && now.value * 1000 - timeline.end < QUIET_US;
  return (
    <>
      {words.length > 0 && <p class="problem" role="status">{words.join(' ')}</p>}
      {isOpen && words.length === 0 && state?.name === 'live' && <span class="state state-good">{t('in progress')}</span>}
    </>
  );
}

/** Finds what became of events; of a list that has grown, only what is new is looked at. */
function useOutcomes(events: TraceEvent[] | null): OutcomeFinder {
  const known = useRef({ finder: new OutcomeFinder(), first: undefined as TraceEvent | undefined, count: 0 });
  const list = events ?? [];
  const { first, count } = known.current;
  if (list[0] !== first || list.length < count)
    known.current = { finder: new OutcomeFinder(), first: list[0], count: 0 };
  for (const event of list.slice(known.current.count))
    known.current.finder.add(event);
  known.current.count = list.length;
  return known.current.finder;
}

/** One span, or the whole trace it belongs to: what became of it, and its events in time. */
export function TraceView({ id, context }: { id: string; context: Context }) {
  const trace = useTrace(id, context);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const { events, problem } = trace;
  const timeline = useMemo(() => events === null || events.length === 0 ? null : makeTimeline(events, folded), [events, folded]);
  const finder = useOutcomes(events);
  const outcomes = useMemo(() => finder.describe(context === 'trace'), [events, language.value, zone.value]);
  const filter = `spanId:=${quoteValue(id)}`;
  const facts = useMemo(() => events === null ? [] : collectFacts(events), [events, language.value]);
  const way = useMemo(() => events === null ? '' : findWay(events), [events]);
  const shown = makeVisible(id.length > 64 ? `${id.slice(0, 64)}…` : id);
  const title = context === 'trace' ? t('Trace of span {id}', { id: shown }) : t('Span {id}', { id: shown });

  return (
    <section class="trace">
      <header class="trace-head">
        <p class="trace-way"><a href={href('spans', { ...getLastParameters(), group: context === 'trace' ? 'trace' : null })}>{t('Spans')}</a>{way !== '' && ` / ${title}`}</p>
        <h1>{way || title}</h1>
        <div class="trace-actions">
          <Segmented
            label={t('Show')}
            value={context}
            onValue={(value) => setParameters({ context: value === 'trace' ? value : null })}
            choices={[['span', t('Span')], ['trace', t('Trace')]]}
          />
          <CopyButton text={`${location.origin}/${href('spans', { span: id, context: context === 'trace' ? context : null })}`} label={t('Copy link')} />
          <button type="button" class="button" onClick={() => navigate('live', { q: filter, context: context === 'trace' ? context : null })}>
            {t('Show in the stream')}
          </button>
          <ExportMenu name={`span-${id}`} filter={filter} context={context} events={() => events ?? []} />
        </div>
        {timeline !== null && events !== null && (
          <>
            <Outcomes outcomes={outcomes} isAlone={outcomes.length === 1 && way.endsWith(`→ ${makeVisible(outcomes[0]!.to)}`)} />
            <dl class="trace-facts">
              <div><dt>{t('Started')}</dt><dd>{formatTime(timeline.begin, true)}{zone.value === 'utc' ? ' UTC' : ''}</dd></div>
              <div><dt>{t('Duration')}</dt><dd>{formatDuration((timeline.end - timeline.begin) / 1000)}</dd></div>
              <div>
                <dt>{t('Events')}</dt>
                <dd>{formatNumber(events.length)}{timeline.spans.length > 1 && ` ${tn('in one span', 'in {count} spans', timeline.spans.length)}`}</dd>
              </div>
              {facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
            </dl>
            <Status trace={trace} timeline={timeline} />
          </>
        )}
      </header>
      {problem !== null && (
        <p class="empty" role="status">
          {problem.status === 404 ? t('The daemon knows nothing of this span any more: its events have left the ring.')
            : t('Nothing to show: {reason}.', { reason: problem.status === 0 ? t('the daemon cannot be reached') : problem.detail })}
        </p>
      )}
      {events === null && problem === null && <p class="empty" role="status">{t('Loading …')}</p>}
      {events !== null && events.length === 0 && (
        <p class="empty" role="status">{t('The events of this span have left the ring.')}</p>
      )}
      {timeline !== null && (
        <Waterfall
          timeline={timeline}
          folded={folded}
          onFold={(span, fold) => {
            const changed = new Set(folded);
            if (fold)
              changed.add(span);
            else
              changed.delete(span);
            setFolded(changed);
          }}
        />
      )}
    </section>
  );
}
