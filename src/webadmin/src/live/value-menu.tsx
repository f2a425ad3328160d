// SPDX-License-Identifier: LGPL-2.1-or-later
import { signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../app/i18n.js';
import { navigate } from '../app/router.js';
import { addTerm, writeTerm } from '../filter/terms.js';
import { copyText } from '../ui/copy.js';
import { Icon, type IconName } from '../ui/icon.js';
import { placePopover } from '../ui/menu.js';
import { makeVisible } from './format-value.js';
import { getFilterText, highlights, isKnownKey, setFilter, toggleHighlight } from './model.js';
import { shorten, type Field } from './row-content.js';

const target = signal<{ field: Field; anchor: HTMLElement } | null>(null);

/** Offers what can be done with a value of an event. */
export function openValueMenu(field: Field, anchor: HTMLElement): void {
  target.value = { field, anchor };
}

interface Item {
  text: string;
  icon: IconName;
  run: () => void;
}

function listItems({ name, value }: Field): Item[] {
  const text = getFilterText();
  const isEmpty = value === '';
  const items: Item[] = isEmpty ? [] : [
    { text: t('Include'), icon: 'include', run: () => setFilter(addTerm(text, name, value, false, isKnownKey)) },
    { text: t('Exclude'), icon: 'exclude', run: () => setFilter(addTerm(text, name, value, true, isKnownKey)) },
    { text: t('Show only this'), icon: 'filter', run: () => setFilter(writeTerm(name, value)) },
    {
      text: highlights.value.includes(value) ? t('Stop highlighting') : t('Highlight'),
      icon: 'mark',
      run: () => toggleHighlight(value),
    },
    { text: t('Copy value'), icon: 'copy', run: () => void copyText(value) },
  ];
  if (name === 'spanId' || name === 'parentSpanId')
    items.push({ text: t('Show span'), icon: 'spans', run: () => navigate('spans', { span: value }) });
  return items;
}

/** The menu that openValueMenu() opens; stands once in the view. */
export function ValueMenu() {
  const menu = useRef<HTMLDivElement>(null);
  const now = target.value;

  useLayoutEffect(() => {
    if (now === null)
      return;
    menu.current!.showPopover();
    placePopover(menu.current!, now.anchor);
    menu.current!.querySelector<HTMLElement>('[role=menuitem]')?.focus();
  }, [now]);

  if (now === null)
    return null;
  const { field, anchor } = now;
  const onKeyDown = (event: KeyboardEvent) => {
    const all = [...menu.current!.querySelectorAll<HTMLElement>('[role=menuitem]')];
    const index = all.indexOf(document.activeElement as HTMLElement);
    const moves: Record<string, number> = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: -1 };
    event.stopPropagation();
    if (event.key in moves)
      all[(moves[event.key]! + all.length) % all.length]?.focus();
    else if (event.key === 'Tab')
      menu.current!.hidePopover();
    else
      return;
    event.preventDefault();
  };
  return (
    <div
      ref={menu}
      class="menu"
      popover="auto"
      onKeyDown={onKeyDown}
      onToggle={(event) => {
        if (event.newState !== 'closed')
          return;
        if (target.value === now)
          target.value = null;
        // This comes late: the focus may be elsewhere already, where somebody wants it.
        if (document.activeElement !== document.body && !menu.current?.contains(document.activeElement))
          return;
        const list = document.querySelector<HTMLElement>('.list-space');
        (anchor.isConnected && anchor.offsetParent !== null ? anchor : list)?.focus({ preventScroll: true });
      }}
    >
      <div class="menu-head value-head">
        <span class="chip-key">{field.name}</span> {shorten(makeVisible(field.value), 120)}
      </div>
      <div role="menu" aria-label={t('What to do with this value')}>
        {listItems(field).map(({ text, icon, run }) => (
          <button
            key={icon}
            type="button"
            role="menuitem"
            tabIndex={-1}
            onClick={() => {
              menu.current!.hidePopover();
              run();
            }}
          >
            <span class="menu-mark"><Icon name={icon} /></span>
            {text}
          </button>
        ))}
      </div>
    </div>
  );
}
