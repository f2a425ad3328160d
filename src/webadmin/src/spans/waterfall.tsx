// SPDX-License-Identifier: LGPL-2.1-or-later
import { Component } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { language, t, tn } from '../app/i18n.js';
import { formatDuration, makeVisible } from '../live/format-value.js';
import { LevelBadge, LEVELS } from '../ui/level.js';
import { EventDetail } from './event-detail.js';
import { chooseTicks, type EventLine, type GapLine, type Line, type Timeline } from './timeline.js';

const FIRST_LINES = 200;

/** So many lines are made in one frame. */
const SLICE_LINES = 40;
const TICKS = 5;

function percent(part: number, whole: number): string {
  return `${whole > 0 ? Math.min(100, Math.max(0, part / whole * 100)) : 0}%`;
}

function formatOffset(us: number): string {
  return us < 1000 && us > 0 ? `${Math.round(us)} µs` : formatDuration(us / 1000);
}

function Scale({ timeline: { begin, end } }: { timeline: Timeline }) {
  const length = end - begin;
  return (
    <div class="fall-track fall-scale" aria-hidden="true">
      {chooseTicks(length, TICKS).map((at) => (
        <span key={at} style={{ left: percent(at, length) }}>{formatOffset(at)}</span>
      ))}
    </div>
  );
}

/** In the bar if there is room, else behind it or before it. */
function placeLength(from: number, to: number, length: number): Record<string, string> {
  if (to - from > length * 0.15)
    return { left: percent(from, length) };
  return to < length * 0.85 ? { left: percent(to, length) } : { right: percent(length - from, length) };
}

function Bar({ line, timeline: { begin, end } }: { line: EventLine; timeline: Timeline }) {
  const length = end - begin;
  const { span, took, time, event } = line;
  const from = span === null ? Math.max(begin, time - took) : span.begin;
  const to = span === null ? time : span.end;
  const level = span === null ? event.level : LEVELS[span.worst];
  return (
    <div class="fall-track">
      <span
        class={`fall-bar bar-${level} ${span !== null ? 'of-span' : to > from ? '' : 'tick'}`}
        style={{ left: percent(from - begin, length), width: percent(to - from, length) }}
      />
      {span !== null && to > from && <span class="fall-length" style={placeLength(from - begin, to - begin, length)}>{formatOffset(to - from)}</span>}
    </div>
  );
}

/** What one does with rows; the same object as long as they are there. */
interface RowActions {
  toggle: (id: string) => void;
  fold: (id: string, fold: boolean) => void;
  focus: (index: number) => void;
}

interface RowProps {
  line: EventLine;
  timeline: Timeline;
  index: number;
  isOpen: boolean;
  isFolded: boolean;
  current: boolean;
  language: string;
  actions: RowActions;
}

/** A line; drawn anew only where something in it is new. */
class Row extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps): boolean {
    return (Object.keys(next) as (keyof RowProps)[]).some((name) => next[name] !== this.props[name]);
  }

  render() {
    return <RowContent {...this.props} />;
  }
}

function RowContent({ line, timeline, index, isOpen, isFolded, current, actions }: RowProps) {
  const { event, span, depth } = line;
  const canFold = span !== null && span.events.length + span.children.length > 1;
  return (
    <>
      <div
        role="row"
        class={`fall-row ${isOpen ? 'open' : ''}`}
        aria-level={depth + 1}
        aria-rowindex={index + 2}
        aria-expanded={canFold ? !isFolded : undefined}
        tabIndex={current ? 0 : -1}
        data-line={index}
        onFocus={() => actions.focus(index)}
        onClick={() => getSelection()?.isCollapsed !== false && actions.toggle(event.id)}
      >
        <span role="gridcell" class="fall-offset">{index === 0 ? '0' : `+${formatOffset(line.time - timeline.begin)}`}</span>
        <span role="gridcell" class="fall-level"><LevelBadge level={event.level} /></span>
        <span role="gridcell" class="fall-name" style={{ '--depth': String(Math.min(depth, 12)) }}>
          {canFold ? (
            <button
              type="button"
              class="fall-fold"
              tabIndex={-1}
              aria-label={isFolded ? t('Expand the span') : t('Collapse the span')}
              onClick={(click) => {
                click.stopPropagation();
                actions.fold(span.id, !isFolded);
              }}
            >
              <svg class="icon" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path d={isFolded ? 'M6 4l4 4-4 4' : 'M4 6l4 4 4-4'} /></svg>
            </button>
          ) : <span class="fall-fold" />}
          <span class={span === null ? 'fall-text' : 'fall-text of-span'}>{makeVisible(event.text.slice(0, 300))}</span>
          <span class="fall-type">{event.type}</span>
        </span>
        <span role="gridcell" class="fall-cell"><Bar line={line} timeline={timeline} /></span>
      </div>
      {isOpen && (
        <div role="row" class="fall-detail">
          <div role="gridcell"><EventDetail event={event} /></div>
        </div>
      )}
    </>
  );
}

function Gap({ line: { from, to }, timeline: { begin, end } }: { line: GapLine; timeline: Timeline }) {
  const length = end - begin;
  return (
    <div role="row" class="fall-row fall-gap">
      <span role="gridcell" class="fall-gap-text">{t('{time} without an event', { time: formatOffset(to - from) })}</span>
      <span role="gridcell" class="fall-cell">
        <span class="fall-track"><span class="fall-void" style={{ left: percent(from - begin, length), width: percent(to - from, length) }} /></span>
      </span>
    </div>
  );
}

export interface WaterfallProps {
  timeline: Timeline;
  folded: ReadonlySet<string>;
  onFold: (id: string, fold: boolean) => void;
}

/** The events of a trace under each other, each where it lies in time. */
export function Waterfall({ timeline, folded, onFold }: WaterfallProps) {
  const grid = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState(0);
  const [shown, setShown] = useState(FIRST_LINES);
  const wantsFocus = useRef(false);
  const [ready, setReady] = useState(SLICE_LINES);
  const wanted = Math.min(shown, timeline.lines.length);
  const lines: Line[] = timeline.lines.slice(0, Math.min(wanted, ready));
  const current = Math.min(active, lines.length - 1);

  useLayoutEffect(() => {
    if (wantsFocus.current)
      grid.current!.querySelector<HTMLElement>(`[data-line="${current}"]`)?.focus();
    wantsFocus.current = false;
  });

  useEffect(() => {
    if (ready >= wanted)
      return;
    const frame = requestAnimationFrame(() => setReady(ready + SLICE_LINES));
    return () => cancelAnimationFrame(frame);
  }, [ready, wanted]);

  const toggle = (id: string) => setOpen((before) => {
    const changed = new Set(before);
    if (!changed.delete(id))
      changed.add(id);
    return changed;
  });
  const fold = useRef(onFold);
  fold.current = onFold;
  const actions = useMemo((): RowActions => ({ toggle, fold: (id, isFold) => fold.current(id, isFold), focus: setActive }), []);
  const move = (from: number, by: number) => {
    let to = from + by;
    while (lines[to]?.kind === 'gap')
      to += Math.sign(by);
    to = Math.min(Math.max(to, 0), lines.length - 1);
    wantsFocus.current = true;
    setActive(to);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const line = lines[current];
    if (line?.kind !== 'event' || !(event.target as Element).matches('[role=row]') || event.ctrlKey || event.altKey || event.metaKey)
      return;
    const { span } = line;
    const keys: Record<string, () => void> = {
      ArrowDown: () => move(current, 1),
      ArrowUp: () => move(current, -1),
      Home: () => move(0, 0),
      End: () => move(lines.length - 1, 0),
      PageDown: () => move(current, Math.min(15, lines.length - 1 - current)),
      PageUp: () => move(current, -Math.min(15, current)),
      ArrowRight: () => span !== null && folded.has(span.id) ? onFold(span.id, false) : move(current, 1),
      ArrowLeft: () => {
        if (span !== null && !folded.has(span.id))
          onFold(span.id, true);
        else {
          let parent = current;
          while (parent > 0 && !(lines[parent]!.kind === 'event' && lines[parent]!.depth < line.depth))
            parent--;
          move(parent, 0);
        }
      },
      Enter: () => toggle(line.event.id),
      ' ': () => toggle(line.event.id),
    };
    const run = keys[event.key];
    if (run === undefined)
      return;
    event.preventDefault();
    event.stopPropagation();
    run();
  };

  return (
    <div class="fall-place">
      <div ref={grid} class="fall" role="treegrid" aria-label={t('Events in time')} aria-rowcount={timeline.lines.length + 1} onKeyDown={onKeyDown}>
        <div role="row" class="fall-row fall-head">
          <span role="columnheader" class="fall-offset">{t('After')}</span>
          <span role="columnheader" class="fall-level">{t('Level')}</span>
          <span role="columnheader" class="fall-name">{t('Event')}</span>
          <span role="columnheader" class="fall-cell"><span class="unseen">{t('Time')}</span><Scale timeline={timeline} /></span>
        </div>
        {lines.map((line, index) => line.kind === 'gap' ? <Gap key={`gap ${line.from} ${line.depth}`} line={line} timeline={timeline} /> : (
          <Row
            key={line.event.id}
            line={line}
            timeline={timeline}
            index={index}
            isOpen={open.has(line.event.id)}
            isFolded={line.span !== null && folded.has(line.span.id)}
            current={index === current}
            language={language.value}
            actions={actions}
          />
        ))}
      </div>
      {timeline.lines.length > shown && (
        <button type="button" class="button" onClick={() => setShown(shown + FIRST_LINES)}>
          {tn('Show one more line', 'Show {count} more lines', Math.min(FIRST_LINES, timeline.lines.length - shown))}
        </button>
      )}
    </div>
  );
}
