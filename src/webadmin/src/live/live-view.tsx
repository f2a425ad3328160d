// SPDX-License-Identifier: LGPL-2.1-or-later
import './live.css';
import { computed, effect, useSignal, type Signal } from '@preact/signals';
import { render } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { language, t, tn } from '../app/i18n.js';
import { useShortcuts } from '../app/keys.js';
import { href, navigate, route, setParameters } from '../app/router.js';
import { zone } from '../app/settings.js';
import { ExportMenu } from '../export/export-menu.js';
import { Marker } from '../filter/marker.js';
import { ViewSwitch } from '../spans/view-switch.js';
import type { Stretch } from '../store/row-list.js';
import { sequenceOf } from '../stream/batch.js';
import { Button } from '../ui/button.js';
import { copyText } from '../ui/copy.js';
import { Icon } from '../ui/icon.js';
import { keepCatalogue } from './catalogue-loader.js';
import { Figures } from './figures.js';
import { FilterInput } from './filter-input.js';
import { LevelMenu, TypeMenu } from './filter-menus.js';
import { ListHead } from './list-head.js';
import { ListView } from './list-view.js';
import { changes, filter, getLastParameters, highlights, listShownEvents, onFrame, pause, paused, resume, rows, start, store, touch } from './model.js';
import { MoreMenu } from './more-menu.js';
import { PinnedEvent } from './pinned-event.js';
import { countRates, describeStretch, RateStrip } from './rate-strip.js';
import type { Action } from './row-detail.js';
import { StreamStatus } from './stream-status.js';
import { openValueMenu, ValueMenu } from './value-menu.js';

const filterText = computed(() => route.value.view === 'live' ? route.value.parameters.get('q') ?? '' : '');
const selectedId = computed(() => route.value.view === 'live' ? route.value.parameters.get('event') : null);
const marker = computed(() => new Marker(filter.value?.canonical ?? '', highlights.value));

/** How often the newest state is read out. */
const SPEAK_MS = 6000;

function runAction(action: Action, row: number): void {
  const event = store.event(row);
  if (action === 'copy')
    void copyText(JSON.stringify(event));
  else if (action === 'link')
    void copyText(`${location.origin}/${href('live', { q: filterText.value, event: event.id })}`);
  else if (action === 'span')
    navigate('spans', { span: String(event.data.spanId) });
}

function runOnActive(action: Action, view: ListView): void {
  const row = view.activeRow;
  if (row >= 0 && !store.isNotice(row) && (action !== 'span' || store.event(row).data.spanId !== undefined))
    runAction(action, row);
}

/** The live stream: filter, rates, and the events. */
export function LiveView() {
  const place = useRef<HTMLDivElement>(null);
  const list = useRef<ListView | null>(null);
  const follow = useSignal({ follow: true, unseen: 0 });
  const stretch = useSignal<Stretch | null>(rows.stretch);
  const spoken = useSignal('');
  const head = useMemo(() => {
    const element = document.createElement('div');
    element.className = 'list-head-place';
    return element;
  }, []);

  useEffect(() => {
    if ([...route.value.parameters.keys()].length === 0)
      navigate('live', getLastParameters(), true);
    start();
    const view = new ListView({
      store,
      rows,
      marker: () => marker.value,
      onField: openValueMenu,
      onAction: runAction,
      onOpen: (row, open) => {
        const { id } = store.event(row);
        if (open)
          setParameters({ event: id }, true);
        else if (selectedId.value === id)
          setParameters({ event: null }, true);
      },
      onFollow: (following, unseen) => {
        const before = follow.peek();
        if (before.follow !== following || before.unseen !== unseen)
          follow.value = { follow: following, unseen };
      },
    }, head);
    list.current = view;
    place.current!.append(view.element);
    let shown = filter.value;
    const stops = [
      onFrame(() => {
        if (shown !== filter.value) {
          shown = filter.value;
          stretch.value = rows.stretch;
          view.reset();
        } else
          view.follow();
        findSelected(view);
      }),
      effect(() => {
        void marker.value;
        void zone.value;
        void language.value;
        requestAnimationFrame(() => view.redraw());
      }),
      keepCatalogue(() => view.redraw()),
      effect(() => {
        if (selectedId.value !== null)
          touch();
      }),
    ];
    const timer = setInterval(() => {
      const { follow: following, unseen } = follow.peek();
      spoken.value = following ? '' : tn('One new event', '{count} new events', unseen);
    }, SPEAK_MS);
    touch();
    return () => {
      clearInterval(timer);
      for (const stop of stops)
        stop();
      view.destroy();
      view.element.remove();
    };
  }, []);

  useEffect(() => {
    render(<ListHead />, head);
  }, []);

  const choose = (chosen: Stretch | null) => {
    rows.stretch = chosen;
    stretch.value = chosen;
    list.current?.reset();
    if (chosen !== null)
      list.current?.goToBegin();
    touch();
  };
  const togglePause = () => paused.value ? resume() : pause();
  const act = (run: (view: ListView) => void) => () => {
    if (list.current !== null)
      run(list.current);
  };

  useShortcuts(() => ({
    title: t('Live'),
    shortcuts: [
      { keys: '/', text: t('Filter'), run: () => document.getElementById('filter')?.focus() },
      { keys: 'j', also: ['ArrowDown'], text: t('Next event'), run: act((view) => view.move(1)) },
      { keys: 'k', also: ['ArrowUp'], text: t('Previous event'), run: act((view) => view.move(-1)) },
      { keys: 'PageDown', text: t('A page down'), run: act((view) => view.page(1)) },
      { keys: 'PageUp', text: t('A page up'), run: act((view) => view.page(-1)) },
      { keys: 'Home', also: ['g g'], text: t('To the first event'), run: act((view) => view.goToBegin()) },
      { keys: 'End', also: ['G'], text: t('To the end, and follow it'), run: act((view) => view.goToEnd()) },
      { keys: 'o', also: ['Enter'], text: t('Open or close the event'), run: act((view) => view.toggleActive()), when: isOnPage },
      { keys: 'ArrowRight', text: t('To the values of the event'), run: act((view) => view.enterRow()), when: isOnPage },
      { keys: 's', text: t('Show the span of the event'), run: act((view) => runOnActive('span', view)) },
      { keys: 'y', text: t('Copy the event as JSON'), run: act((view) => runOnActive('copy', view)) },
      { keys: 'c', text: t('Close all open events'), run: act((view) => void view.closeAll()) },
      { keys: 'p', text: t('Pause or resume'), run: togglePause },
      { keys: 'Escape', text: t('Show all times again'), run: () => choose(null), when: () => stretch.value !== null },
    ],
  }), [language.value]);

  return (
    <div class="live">
      <h1 class="unseen">{t('Live')}</h1>
      <div class="live-bar">
        <FilterInput text={filterText.value} />
        <LevelMenu text={filterText.value} />
        <TypeMenu text={filterText.value} />
        <Button class="pause" icon={paused.value ? 'play' : 'pause'} aria-pressed={paused.value} onClick={togglePause}>
          <span class="button-text">{paused.value ? t('Resume') : t('Pause')}</span>
        </Button>
        <Button kind="quiet" class="zone-toggle" title={t('Show times in local time or in UTC')} onClick={() => { zone.value = zone.value === 'utc' ? 'local' : 'utc'; }}>
          {zone.value === 'utc' ? 'UTC' : t('Local')}
        </Button>
        <ViewSwitch now="event" />
        <ExportMenu name="events" filter={filterText.value} context={filter.value?.context ?? 'span'} events={listShownEvents} compact />
        <MoreMenu />
      </div>
      <div class="live-rates">
        <RateStrip stretch={stretch.value} onStretch={choose} />
        <div class="live-state">
          <StreamStatus />
          <Figures />
        </div>
      </div>
      {stretch.value !== null && (
        <p class="list-note">
          <StretchNote stretch={stretch.value} />
          <Button kind="quiet" onClick={() => choose(null)}>{t('Show all')}</Button>
        </p>
      )}
      <PinnedEvent id={selectedId.value} />
      <div class="list-place" ref={place}>
        <Foot follow={follow} onEnd={act((view) => view.goToEnd())} />
      </div>
      <ValueMenu />
      <p class="unseen" role="status" aria-live="polite">{spoken.value}</p>
    </div>
  );
}

/** Says which stretch of time is shown, and what of it the page has not any more. */
function StretchNote({ stretch }: { stretch: Stretch }) {
  void changes.value;
  const gone = store.dropped === 0 ? 0 : Math.max(0, countRates(stretch) - rows.length);
  return (
    <span>
      {tn('One event from {stretch}', '{count} events from {stretch}', rows.length, { stretch: describeStretch(stretch) })}
      {gone > 0 && `; ${tn('one more has left this page', '{count} more have left this page', gone)}`}
    </span>
  );
}

/** Keys such as Enter belong to a button or link that has the focus. */
function isOnPage(event: KeyboardEvent): boolean {
  return !(event.target instanceof Element && event.target.closest('a, button, [role=button], summary, [role=slider], .menu') !== null);
}

let revealed: string | null = null;

/** Shows the event that the address names, once it is there. */
function findSelected(view: ListView): void {
  const id = selectedId.value;
  if (id === revealed || id === null) {
    revealed = id;
    return;
  }
  const row = store.findSequence(sequenceOf(id));
  if (row < 0 || store.event(row).id !== id)
    return;
  revealed = id;
  if (!view.isOpen(row))
    view.reveal(row);
}

/** Says over the end of the list what one does not see. */
function Foot({ follow, onEnd }: { follow: Signal<{ follow: boolean; unseen: number }>; onEnd: () => void }) {
  void changes.value;
  const { follow: following, unseen } = follow.value;
  if (paused.value) {
    const { events, fellOut } = store.waiting;
    return (
      <div class="list-foot">
        <Button kind="primary" icon="play" onClick={resume}>
          {events + fellOut === 0 ? t('Paused') : tn('Paused; one event came', 'Paused; {count} events came', events + fellOut)}
        </Button>
      </div>
    );
  }
  if (following)
    return null;
  return (
    <div class="list-foot">
      <Button kind={unseen > 0 ? 'primary' : 'plain'} onClick={onEnd}>
        <Icon name="toEnd" />
        {unseen === 0 ? t('To the end') : tn('One new event', '{count} new events', unseen)}
      </Button>
    </div>
  );
}
