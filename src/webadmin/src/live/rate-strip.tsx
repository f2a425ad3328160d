// SPDX-License-Identifier: LGPL-2.1-or-later
import { effect, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { t, tn } from '../app/i18n.js';
import { theme, zone } from '../app/settings.js';
import type { Stretch } from '../store/row-list.js';
import { LEVELS } from '../ui/level.js';
import { formatTime } from './format-value.js';
import { rows, store, streamState } from './model.js';

const SECONDS = 300;
const DRAW_MS = 1000;
const DRAW_CALM_MS = 5000;

const MICROSECONDS = 1e6;

/** Sums up to and including each level, for bars that stand on each other. */
function collect(end: number): uPlot.AlignedData {
  const xs: number[] = [];
  const sums: number[][] = LEVELS.map(() => []);
  for (let second = end - SECONDS + 1; second <= end; second++) {
    let sum = 0;
    xs.push(second);
    LEVELS.forEach((_, index) => sums[index]!.push(sum += store.rates.get(second, index + 1)));
  }
  // The highest bars are drawn first, the others before them.
  return [xs, ...sums.reverse()];
}

function describeSecond(second: number): string {
  const counts = LEVELS.map((level, index) => [level, store.rates.get(second, index + 1)] as const).filter(([, count]) => count > 0);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  return [formatTime(second * MICROSECONDS, false).slice(0, 8), tn('one event', '{count} events', total),
    ...counts.map(([level, count]) => `${count} ${level}`)].join(' · ');
}

/** Writes a stretch of time. */
export function describeStretch({ from, to }: Stretch): string {
  return `${formatTime(from, false).slice(0, 8)}–${formatTime(to - MICROSECONDS, false).slice(0, 8)}`;
}

/** How many events came in a stretch of time, whether they are still here or not. */
export function countRates({ from, to }: Stretch): number {
  let sum = 0;
  for (let second = from / MICROSECONDS; second < to / MICROSECONDS; second++)
    LEVELS.forEach((_, index) => { sum += store.rates.get(second, index + 1); });
  return sum;
}

function readColours(element: Element): Record<string, string> {
  const style = getComputedStyle(element);
  return Object.fromEntries([...LEVELS.map((level) => `--${level}-line`), '--line', '--ink-soft', '--accent']
    .map((name) => [name, style.getPropertyValue(name).trim()]));
}

/** Makes the drawing. Colours are looked up whenever it is drawn. */
function makePlot(place: HTMLElement, colours: () => Record<string, string>, onSelect: (stretch: Stretch | null) => void, onHover: (second: number | null) => void): uPlot {
  const bars = uPlot.paths.bars!({ size: [0.9, Infinity, 1], align: 1, gap: 0 });
  const font = '10px system-ui, sans-serif';
  return new uPlot({
    width: Math.max(place.clientWidth, 50),
    height: place.clientHeight,
    padding: [7, 14, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
    tzDate: (seconds) => zone.peek() === 'utc' ? uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') : new Date(seconds * 1000),
    scales: { x: { time: true, range: (_, min, max) => [min, max + 1] }, y: { range: (_, __, max) => [0, Math.max(max, 4)] } },
    axes: [
      { stroke: () => colours()['--ink-soft']!, font, size: 16, gap: 2, grid: { show: false }, ticks: { show: false },
        incrs: [60],
        // A time at the very left would lie on the zero.
        values: (plot, splits) => splits.map((second) => plot.valToPos(second, 'x') < 20 ? '' : formatTime(second * MICROSECONDS, false).slice(0, 5)) },
      { stroke: () => colours()['--ink-soft']!, font, size: 34, gap: 4, ticks: { show: false }, splits: (_, __, ___, max) => [0, Math.floor(max)],
        grid: { stroke: () => colours()['--line']!, width: 1 } },
    ],
    series: [{}, ...[...LEVELS].reverse().map((level): uPlot.Series => ({
      fill: () => colours()[`--${level}-line`]!, stroke: 'transparent', width: 0, paths: bars, points: { show: false },
    }))],
    hooks: {
      setCursor: [(plot) => {
        const { left } = plot.cursor;
        onHover(left === undefined || left < 0 ? null : Math.floor(plot.posToVal(left, 'x')));
      }],
      setSelect: [(plot) => {
        const { left, width } = plot.select;
        if (width === 0)
          return;
        const from = Math.floor(plot.posToVal(left, 'x'));
        const to = Math.ceil(plot.posToVal(left + width, 'x'));
        plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        onSelect({ from: from * MICROSECONDS, to: Math.max(to, from + 1) * MICROSECONDS });
      }],
      draw: [(plot) => drawStretch(plot, rows.stretch, colours())],
    },
  }, collect(Math.floor(Date.now() / 1000)), place);
}

function drawStretch(plot: uPlot, stretch: Stretch | null, colours: Record<string, string>): void {
  if (stretch === null)
    return;
  const { ctx, bbox } = plot;
  const clamp = (value: number) => Math.min(Math.max(value, bbox.left), bbox.left + bbox.width);
  const from = clamp(plot.valToPos(stretch.from / MICROSECONDS, 'x', true));
  const to = clamp(plot.valToPos(stretch.to / MICROSECONDS, 'x', true));
  ctx.save();
  ctx.fillStyle = colours['--accent']!;
  ctx.globalAlpha = 0.18;
  ctx.fillRect(from, bbox.top, to - from, bbox.height);
  ctx.globalAlpha = 1;
  ctx.fillRect(from, bbox.top, 1.5, bbox.height);
  ctx.fillRect(to - 1.5, bbox.top, 1.5, bbox.height);
  ctx.restore();
}

/** Events a second over the last minutes; a stretch of it can be chosen, by pointer or keys. */
export function RateStrip({ stretch, onStretch }: { stretch: Stretch | null; onStretch: (stretch: Stretch | null) => void }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const hover = useSignal<number | null>(null);
  const cursor = useSignal<number | null>(null);
  const drawn = useSignal(0);
  const select = useRef(onStretch);
  select.current = onStretch;

  useEffect(() => {
    const element = place.current!;
    let colours = readColours(element);
    const made = makePlot(element, () => colours, (chosen) => select.current(chosen), (second) => { hover.value = second; });
    plot.current = made;
    const draw = () => {
      if (document.hidden)
        return;
      made.setData(collect(Math.floor(Date.now() / 1000)));
      drawn.value++;
    };
    const recolour = () => {
      colours = readColours(element);
      draw();
    };
    const calm = matchMedia('(prefers-reduced-motion: reduce)');
    const looks = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map((query) => matchMedia(query));
    let timer = setInterval(draw, calm.matches ? DRAW_CALM_MS : DRAW_MS);
    const onCalm = () => {
      clearInterval(timer);
      timer = setInterval(draw, calm.matches ? DRAW_CALM_MS : DRAW_MS);
    };
    calm.addEventListener('change', onCalm);
    for (const look of looks)
      look.addEventListener('change', recolour);
    document.addEventListener('visibilitychange', draw);
    const observer = new ResizeObserver(() => made.setSize({ width: Math.max(element.clientWidth, 50), height: element.clientHeight }));
    observer.observe(element);
    const stop = effect(() => {
      void theme.value;
      void streamState.value.name;   // there is much to draw once a replay is over
      void zone.value;
      requestAnimationFrame(recolour);
    });
    return () => {
      stop();
      clearInterval(timer);
      calm.removeEventListener('change', onCalm);
      for (const look of looks)
        look.removeEventListener('change', recolour);
      document.removeEventListener('visibilitychange', draw);
      observer.disconnect();
      made.destroy();
    };
  }, []);

  useEffect(() => plot.current?.redraw(false, false), [stretch]);

  void drawn.value;
  const now = Math.floor(Date.now() / 1000);
  const second = cursor.value ?? now - 1;
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -30, PageDown: 30, Home: -SECONDS, End: SECONDS };
    const step = steps[event.key];
    if (event.key === 'Escape' && stretch !== null)
      onStretch(null);
    else if (step !== undefined) {
      const to = Math.min(Math.max(second + step, now - SECONDS + 1), now);
      cursor.value = to;
      if (event.shiftKey) {
        const anchor = stretch === null ? second : stretch.from / MICROSECONDS === second ? stretch.to / MICROSECONDS - 1 : stretch.from / MICROSECONDS;
        onStretch({ from: Math.min(anchor, to) * MICROSECONDS, to: (Math.max(anchor, to) + 1) * MICROSECONDS });
      }
    } else
      return;
    event.preventDefault();
    event.stopPropagation();
  };
  const shownSecond = hover.value ?? cursor.value;
  return (
    <div class="rate-strip">
      <div
        ref={place}
        class="rate-plot"
        tabIndex={0}
        role="slider"
        aria-label={t('Events a second. Arrow keys move, with Shift they select a stretch.')}
        aria-valuemin={-SECONDS + 1}
        aria-valuemax={0}
        aria-valuenow={Math.max(second - now, -SECONDS + 1)}
        aria-valuetext={describeSecond(second)}
        onKeyDown={onKeyDown}
        onBlur={() => { cursor.value = null; }}
      />
      {shownSecond !== null && shownSecond <= now && <p class="rate-hover" aria-hidden="true">{describeSecond(shownSecond)}</p>}
    </div>
  );
}
