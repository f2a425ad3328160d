// SPDX-License-Identifier: LGPL-2.1-or-later
import { useId, useRef, useState } from 'preact/hooks';
import { t } from '../app/i18n.js';
import { getLevel, getTypes, setLevel, setTypes } from '../filter/terms.js';
import { Icon } from '../ui/icon.js';
import { LEVELS, LevelBadge } from '../ui/level.js';
import { Menu, placePopover } from '../ui/menu.js';
import { knownTypes } from './catalogue.js';
import { seen, setFilter } from './model.js';

const MAX_SHOWN = 80;

/** Chooses how severe an event must be at least. */
export function LevelMenu({ text }: { text: string }) {
  const level = getLevel(text);
  return (
    <Menu
      label={level === null ? t('All levels') : t('{level} and more severe', { level })}
      button={<>{level === null ? t('All levels') : <LevelBadge level={level} />}<Icon name="chevron" /></>}
      items={[
        { text: t('All levels'), checked: level === null, run: () => setFilter(setLevel(text, null)) },
        ...LEVELS.slice(0, -1).map((one) => ({
          text: one === 'error' ? one : t('{level} and more severe', { level: one }),
          checked: level === one,
          run: () => setFilter(setLevel(text, one)),
        })),
      ]}
    />
  );
}

interface Entry {
  glob: string;
  title: string;
}

/** Those to choose from: groups before types, and what was seen before what is known. */
function listEntries(search: string, chosen: string[]): Entry[] {
  const titles = new Map(knownTypes.value.map(({ type, title }) => [type, title]));
  const all = [...new Set([...seen.types, ...titles.keys()])];
  const groupsOf = (types: Iterable<string>) =>
    [...new Set([...types].filter((type) => type.includes('.')).map((type) => `${type.slice(0, type.indexOf('.'))}.*`))].sort();
  const wanted = search.toLowerCase();
  const entries = [...chosen, ...groupsOf(seen.types), ...groupsOf(all), ...all].map((glob) => ({ glob, title: titles.get(glob) ?? '' }));
  return [...new Map(entries.map((entry) => [entry.glob, entry])).values()]
    .filter(({ glob, title }) => glob.includes(wanted) || title.toLowerCase().includes(wanted))
    .slice(0, MAX_SHOWN);
}

/** Chooses which types of events are shown. */
export function TypeMenu({ text }: { text: string }) {
  const id = useId();
  const opener = useRef<HTMLButtonElement>(null);
  const popover = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const [search, setSearch] = useState('');
  const chosen = getTypes(text);

  return (
    <>
      <button ref={opener} type="button" class="button" aria-haspopup="dialog" aria-expanded={open} popovertarget={id}>
        {chosen.length === 0 ? t('All types') : chosen.length === 1 ? chosen[0] : t('{count} types', { count: chosen.length })}
        <Icon name="chevron" />
      </button>
      <div
        ref={popover}
        id={id}
        class="menu type-menu"
        popover="auto"
        role="dialog"
        aria-label={t('Types')}
        onToggle={(event) => {
          const isOpen = event.newState === 'open';
          if (isOpen)
            seen.update();
          setOpen(isOpen);
          setSearch('');
          if (isOpen) {
            placePopover(popover.current!, opener.current!);
            popover.current!.querySelector('input')?.focus();
          }
        }}
      >
        <input class="input" type="search" aria-label={t('Search types')} placeholder={t('Search types')} value={search}
          onInput={(event) => setSearch(event.currentTarget.value)} />
        {chosen.length > 0 && (
          <button
            type="button"
            class="button quiet"
            onClick={() => {
              setFilter(setTypes(text, []));
              popover.current!.querySelector('input')?.focus();   // the button goes away
            }}
          >
            {t('All types')}
          </button>
        )}
        <div class="type-list">
          {open && listEntries(search, chosen).map(({ glob, title }) => (
            <label key={glob}>
              <input
                type="checkbox"
                checked={chosen.includes(glob)}
                onChange={(event) => setFilter(setTypes(text,
                  event.currentTarget.checked ? [...chosen, glob] : chosen.filter((other) => other !== glob)))}
              />
              <span class="type-name">{glob}</span>
              <span class="choice-detail">{title}</span>
            </label>
          ))}
        </div>
      </div>
    </>
  );
}
