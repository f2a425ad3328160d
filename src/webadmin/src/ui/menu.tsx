// SPDX-License-Identifier: LGPL-2.1-or-later
import type { ComponentChildren } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './icon.js';

export interface MenuItem {
  text: string;
  icon?: IconName;
  /** a choice among others: whether it is the chosen one */
  checked?: boolean;
  disabled?: boolean;
  run: () => void;
}

export interface MenuProps {
  /** what the button says; read out as well if there are only pictures in it */
  label: string;
  button: ComponentChildren;
  items: (MenuItem | 'line')[];
  /** beside what is chosen: the menu's own words */
  head?: ComponentChildren;
  class?: string;
}

const GAP = 4;

/** Puts a popover under a button, or above where there is no room. */
export function placePopover(popover: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const below = at.bottom + GAP + height <= innerHeight || at.top < height;

  popover.style.left = `${Math.max(GAP, Math.min(at.left, innerWidth - width - GAP))}px`;
  popover.style.top = `${below ? at.bottom + GAP : at.top - GAP - height}px`;
}

/** A button that opens a menu; arrows, Home, End and letters move in it, Escape closes it. */
export function Menu({ label, button, items, head, class: extra = '' }: MenuProps) {
  const id = useId();
  const opener = useRef<HTMLButtonElement>(null);
  const popover = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);

  const marked = items.some((item) => item !== 'line' && (item.checked !== undefined || item.icon !== undefined));
  const getItems = () => [...popover.current!.querySelectorAll<HTMLElement>('[role^=menuitem]:not([disabled])')];
  const focus = (index: number) => {
    const all = getItems();
    all[(index + all.length) % all.length]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const all = getItems();
    const index = all.indexOf(document.activeElement as HTMLElement);
    const moves: Record<string, number> = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: -1 };

    if (event.key in moves)
      focus(moves[event.key]!);
    else if (event.key === 'Tab')
      popover.current!.hidePopover();
    else if (event.key.length === 1 && event.key !== ' ')
      [...all.slice(index + 1), ...all].find((item) =>
        item.textContent!.trim().toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
    else
      return;
    if (event.key !== 'Tab')
      event.preventDefault();
    event.stopPropagation();
  };

  return (
    <>
      <button
        ref={opener}
        type="button"
        class={`button ${extra}`}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        popovertarget={id}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown' && !open) {
            event.preventDefault();
            popover.current!.showPopover();
          }
        }}
      >
        {button}
      </button>
      <div
        ref={popover}
        id={id}
        class="menu"
        popover="auto"
        onKeyDown={onKeyDown}
        onToggle={(event) => {
          const isOpen = event.newState === 'open';
          setOpen(isOpen);
          if (isOpen) {
            placePopover(popover.current!, opener.current!);
            const chosen = getItems().findIndex((item) => item.getAttribute('aria-checked') === 'true');
            focus(Math.max(0, chosen));
          }
        }}
      >
        {head !== undefined && <div class="menu-head">{head}</div>}
        <div role="menu" aria-label={label}>
          {items.map((item, index) => item === 'line' ? <hr key={index} /> : (
            <button
              key={index}
              type="button"
              role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
              aria-checked={item.checked}
              disabled={item.disabled}
              tabIndex={-1}
              onClick={() => {
                popover.current!.hidePopover();
                opener.current!.focus();
                item.run();
              }}
            >
              {marked && (
                <span class="menu-mark">
                  {item.checked ? <Icon name="check" /> : item.icon !== undefined && <Icon name={item.icon} />}
                </span>
              )}
              {item.text}
            </button>
          ))}
        </div>
      </div>
    </>
  );
}
