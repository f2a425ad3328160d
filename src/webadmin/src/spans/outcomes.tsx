// SPDX-License-Identifier: LGPL-2.1-or-later
import { tn } from '../app/i18n.js';
import { makeVisible } from '../live/format-value.js';
import { Icon, type IconName } from '../ui/icon.js';
import type { Outcome, OutcomeKind } from './outcome.js';

const ICONS: Record<OutcomeKind, IconName | null> = { good: 'check', wait: 'pause', bad: 'close', quiet: null };

const MAX_SHOWN = 8;

function shorten(text: string): string {
  const shown = makeVisible(text);
  return shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
}

/** One outcome, in the colour of its kind. */
export function OutcomeText({ outcome: { kind, text } }: { outcome: Outcome }) {
  const icon = ICONS[kind];
  return <span class={`outcome outcome-${kind}`}>{icon !== null && <Icon name={icon} />}<span>{text}</span></span>;
}

/** What became of it, for each recipient. Where there is but one that is named already, it need not be seen again. */
export function Outcomes({ outcomes, isAlone }: { outcomes: Outcome[]; isAlone: boolean }) {
  if (outcomes.length === 0)
    return null;
  return (
    <ul class={`outcomes ${isAlone ? 'of-one' : ''}`}>
      {outcomes.slice(0, MAX_SHOWN).map((outcome) => (
        <li key={outcome.to}>
          {outcome.to !== '' && <span class="outcome-to">{shorten(outcome.to)}</span>}
          <OutcomeText outcome={outcome} />
        </li>
      ))}
      {outcomes.length > MAX_SHOWN && <li class="hint">{tn('and one more recipient', 'and {count} more recipients', outcomes.length - MAX_SHOWN)}</li>}
    </ul>
  );
}

/** The worst of them, and how many more there are. */
export function OutcomeSummary({ outcomes }: { outcomes: Outcome[] }) {
  const first = outcomes[0];
  if (first === undefined)
    return null;
  return (
    <>
      <OutcomeText outcome={first} />
      {outcomes.length > 1 && <span class="sub">{tn('and one more', 'and {count} more', outcomes.length - 1)}</span>}
    </>
  );
}
