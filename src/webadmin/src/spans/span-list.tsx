// SPDX-License-Identifier: LGPL-2.1-or-later
import { useEffect, useRef, useState } from 'preact/hooks';
import { language, t, tn } from '../app/i18n.js';
import { useShortcuts } from '../app/keys.js';
import { href } from '../app/router.js';
import { formatDuration, formatTime, makeVisible } from '../live/format-value.js';
import { filter, onFrame, store } from '../live/model.js';
import { Button } from '../ui/button.js';
import { formatNumber, now } from '../ui/format.js';
import { LevelBadge, LEVELS } from '../ui/level.js';
import { OutcomeSummary } from './outcomes.js';
import { SpanGroups, type Group, type Groups } from './span-groups.js';

/** How often the list is drawn anew, at most. */
const DRAW_EVERY_MS = 300;
const FIRST_GROUPS = 50;

function shorten(text: string): string {
  const shown = makeVisible(text);
  return shown.length > 120 ? `${shown.slice(0, 120)}…` : shown;
}

/** Follows the store while it is there. */
function useGroups(by: 'span' | 'trace', limit: number): Groups {
  const groups = useRef<SpanGroups | null>(null);
  const [list, setList] = useState<Groups>({ groups: [], total: 0 });

  useEffect(() => {
    const own = groups.current ??= new SpanGroups(store);
    let shownFilter = filter.value;
    let drawnAt = -Infinity;
    let timer = 0;

    const run = () => {
      timer = 0;
      if (shownFilter !== filter.value) {
        shownFilter = filter.value;
        own.clear();
      }
      const isAll = own.update();
      if (isAll || performance.now() - drawnAt > 5 * DRAW_EVERY_MS) {
        drawnAt = performance.now();
        setList(own.list(by, limit));
      }
      if (!isAll)
        timer = window.setTimeout(run, 0);
    };
    const stop = onFrame(() => {
      if (timer === 0)
        timer = window.setTimeout(run, Math.max(0, drawnAt + DRAW_EVERY_MS - performance.now()));
    });
    run();
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [by, limit]);

  return list;
}

function About({ group: { from, to, client, title } }: { group: Group }) {
  const way = from === '' && to === '' ? '' : `${shorten(from)} → ${shorten(to) || '?'}`.trim();
  return (
    <>
      <span class={`span-title ${way === '' ? 'of-event' : ''}`}>{way || shorten(title)}</span>
      <span class="sub">{shorten(client)}</span>
    </>
  );
}

/** After this time without an event nobody would say that it is going on. */
const QUIET_US = 60e6;

function Result({ group }: { group: Group }) {
  const outcomes = group.outcomes();
  if (outcomes.length > 0)
    return <OutcomeSummary outcomes={outcomes} />;
  return !group.ended && now.value * 1000 - group.end < QUIET_US ? <span class="outcome-quiet">{t('in progress')}</span> : null;
}

/** The spans or traces of the events that the live view has. */
export function SpanList({ by }: { by: 'span' | 'trace' }) {
  const [shown, setShown] = useState(FIRST_GROUPS);
  const { groups, total } = useGroups(by, shown);
  const body = useRef<HTMLTableSectionElement>(null);

  const move = (step: number) => {
    const links = [...body.current?.querySelectorAll<HTMLElement>('a.span-link') ?? []];
    const index = links.indexOf(document.activeElement as HTMLElement);
    links[Math.min(Math.max(index + step, 0), links.length - 1)]?.focus();
  };
  useShortcuts(() => ({
    title: t('Spans'),
    shortcuts: [
      { keys: '/', text: t('Filter'), run: () => document.getElementById('filter')?.focus() },
      { keys: 'j', also: ['ArrowDown'], text: t('Next span'), run: () => move(1) },
      { keys: 'k', also: ['ArrowUp'], text: t('Previous span'), run: () => move(-1) },
    ],
  }), [language.value]);

  if (groups.length === 0)
    return <p class="empty span-empty">{t('No event of a span has come yet.')}</p>;
  return (
    <div class="span-list">
      <table class="table span-table" role="table">
        <caption class="unseen">{by === 'span' ? t('Spans') : t('Traces')}</caption>
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">{t('Started')}</th>
            <th role="columnheader" scope="col">{t('Level')}</th>
            <th role="columnheader" scope="col" class="wide">{by === 'span' ? t('Span') : t('Trace')}</th>
            <th role="columnheader" scope="col" class="wide">{t('Outcome')}</th>
            <th role="columnheader" scope="col" class="numeric">{t('Duration')}</th>
            {by === 'trace' && <th role="columnheader" scope="col" class="numeric secondary">{t('Spans')}</th>}
            <th role="columnheader" scope="col" class="numeric secondary">{t('Events')}</th>
          </tr>
        </thead>
        <tbody role="rowgroup" ref={body}>
          {groups.map((group) => (
            <tr key={group.id} role="row">
              <td role="cell" data-title={t('Started')}>
                <div>
                  <a class="span-link" href={href('spans', { span: group.id, context: by === 'trace' ? 'trace' : null })} aria-label={t('Open {what}, started {when}', { what: shorten(group.title), when: formatTime(group.begin, false) })}>
                    {formatTime(group.begin, false)}
                  </a>
                </div>
              </td>
              <td role="cell" data-title={t('Level')}><div><LevelBadge level={LEVELS[group.worst]!} /></div></td>
              <td role="cell" class="wide" data-title={by === 'span' ? t('Span') : t('Trace')}><div><About group={group} /></div></td>
              <td role="cell" class="wide" data-title={t('Outcome')}><div><Result group={group} /></div></td>
              <td role="cell" class="numeric" data-title={t('Duration')}><div>{formatDuration((group.end - group.begin) / 1000)}</div></td>
              {by === 'trace' && <td role="cell" class="numeric secondary" data-title={t('Spans')}><div>{formatNumber(group.spans)}</div></td>}
              <td role="cell" class="numeric secondary" data-title={t('Events')}><div>{formatNumber(group.count)}</div></td>
            </tr>
          ))}
        </tbody>
      </table>
      {total > shown && (
        <Button onClick={() => setShown(shown + FIRST_GROUPS)}>
          {tn('Show one more', 'Show {count} more', Math.min(FIRST_GROUPS, total - shown))}
        </Button>
      )}
    </div>
  );
}
