// SPDX-License-Identifier: LGPL-2.1-or-later
import type { ButtonHTMLAttributes, ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.js';

type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'class' | 'icon' | 'label'>;

export interface ButtonProps extends Native {
  kind?: 'plain' | 'primary' | 'danger' | 'quiet';
  icon?: IconName;
  class?: string;
  children?: ComponentChildren;
}

export function Button({ kind = 'plain', icon, class: extra = '', children, ...native }: ButtonProps) {
  return (
    <button type="button" {...native} class={`button ${kind} ${extra}`}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A button that shows only a picture; its words are read out and stand in a tooltip. */
export function IconButton({ icon, label, class: extra = '', ...native }: Native & {
  icon: IconName;
  label: string;
  class?: string;
}) {
  return (
    <button type="button" title={label} {...native} class={`button quiet icon-only ${extra}`} aria-label={label}>
      <Icon name={icon} />
    </button>
  );
}
