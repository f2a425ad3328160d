// SPDX-License-Identifier: LGPL-2.1-or-later
import './spans.css';
import { useEffect } from 'preact/hooks';
import { t } from '../app/i18n.js';
import { navigate, route } from '../app/router.js';
import { ExportMenu } from '../export/export-menu.js';
import { keepCatalogue } from '../live/catalogue-loader.js';
import { FilterInput } from '../live/filter-input.js';
import { LevelMenu, TypeMenu } from '../live/filter-menus.js';
import { filter, getLastParameters, listShownEvents, pause, paused, resume, start } from '../live/model.js';
import { StreamStatus } from '../live/stream-status.js';
import { Button } from '../ui/button.js';
import { SpanList } from './span-list.js';
import { TraceView } from './trace-view.js';
import { ViewSwitch } from './view-switch.js';

function List() {
  const { parameters } = route.value;
  const by = parameters.get('group') === 'trace' ? 'trace' : 'span';
  const text = parameters.get('q') ?? '';

  useEffect(() => {
    if (!['q', 'context'].some((name) => parameters.has(name)))
      navigate('spans', { ...getLastParameters(), group: parameters.get('group') }, true);
    start();
  }, []);

  return (
    <div class="spans">
      <h1 class="unseen">{t('Spans')}</h1>
      <div class="live-bar">
        <FilterInput text={text} />
        <LevelMenu text={text} />
        <TypeMenu text={text} />
        <Button class="pause" icon={paused.value ? 'play' : 'pause'} aria-pressed={paused.value} onClick={() => paused.value ? resume() : pause()}>
          <span class="button-text">{paused.value ? t('Resume') : t('Pause')}</span>
        </Button>
        <ViewSwitch now={by} />
        <ExportMenu name="events" filter={text} context={filter.value?.context ?? 'span'} events={listShownEvents} compact />
        <StreamStatus />
      </div>
      <SpanList by={by} />
    </div>
  );
}

/** Events put together by what they belong to; one of these, as a waterfall. */
export function SpansView() {
  const { parameters } = route.value;
  const id = parameters.get('span');

  useEffect(() => keepCatalogue(() => undefined), []);
  if (id === null)
    return <List />;
  return <TraceView key={id} id={id} context={parameters.get('context') === 'trace' ? 'trace' : 'span'} />;
}
