// SPDX-License-Identifier: LGPL-2.1-or-later
// Icons: strokes of 1.5 on a grid of 16, in the colour of the text around them.

const PATHS = {
  check: 'M3 8.5l3.2 3L13 4.5',
  chevron: 'M4 6l4 4 4-4',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
  download: 'M8 2v8M4.5 7L8 10.5 11.5 7M2.5 13.5h11',
  exclude: 'M2.5 8h11',
  filter: 'M2 3.5h12L9.5 9v4l-3-1.5V9z',
  help: 'M5.8 6a2.2 2.2 0 1 1 3.3 1.9C8.3 8.4 8 8.8 8 9.6M8 12v.1',
  include: 'M8 2.5v11M2.5 8h11',
  link: 'M6.5 9.5l3-3M7 4.5l1.5-1.5a3 3 0 0 1 4.3 4.3L11.3 8.8M9 11.5L7.5 13a3 3 0 0 1-4.3-4.3L4.7 7.2',
  mark: 'M3 13.5h10M5 10.5l-.5-3 5-5 3 3-5 5z',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  more: 'M3.2 8h.6M7.7 8h.6M12.2 8h.6',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.5l7.5 4.5L5 12.5z',
  plus: 'M8 3v10M3 8h10',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5l3.5 3.5',
  settings: 'M2 5h7M12.5 5H14M2 11h1.5M7 11h7M10.7 6.7a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4zM5.2 12.7a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4z',
  spans: 'M2 4h6M5 8h6M8 12h6',
  toEnd: 'M8 2v9M4.5 7.5L8 11l3.5-3.5M3 13.5h10',
  user: 'M8 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 8 8zM2.8 13.5c.6-2.4 2.7-3.5 5.2-3.5s4.6 1.1 5.2 3.5',
  warning: 'M8 2.5l6 11H2zM8 6.5v3.5M8 12v.1',
} as const;

export type IconName = keyof typeof PATHS;

/** A picture that repeats what the words beside it say: nothing for screen readers. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
