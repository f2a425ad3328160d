// SPDX-License-Identifier: LGPL-2.1-or-later
import type { ComponentChildren, InputHTMLAttributes } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  label: string;
  hint?: ComponentChildren;
  /** what is wrong with it */
  problem?: string | null;
}

interface InputProps extends FieldProps {
  type?: 'text' | 'password' | 'number' | 'search';
  name?: string;
  placeholder?: string;
  autocomplete?: InputHTMLAttributes<HTMLInputElement>['autocomplete'];
  maxLength?: number;
  min?: number;
  max?: number;
  required?: boolean;
  /** names to choose from: the id of a datalist */
  list?: string;
  value: string;
  onValue: (value: string) => void;
}

function describe(id: string, hint: unknown, problem: unknown): string | undefined {
  return [hint !== undefined && `${id}-hint`, problem != null && `${id}-problem`].filter(Boolean).join(' ') || undefined;
}

function Notes({ id, hint, problem }: { id: string; hint: ComponentChildren; problem: string | null | undefined }) {
  return (
    <>
      {hint !== undefined && <span id={`${id}-hint`} class="hint">{hint}</span>}
      {problem != null && <span id={`${id}-problem`} class="problem" role="alert">{problem}</span>}
    </>
  );
}

/** A line of text with its label, a hint, and what is wrong with it. */
export function TextField({ label, hint, problem, value, onValue, ...native }: InputProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        spellcheck={false}
        {...(native as InputHTMLAttributes<HTMLInputElement>)}
        id={id}
        class="input"
        value={value}
        aria-invalid={problem != null}
        aria-describedby={describe(id, hint, problem)}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      <Notes id={id} hint={hint} problem={problem} />
    </div>
  );
}

/** A choice from a list. */
export function SelectField<T extends string>({ label, hint, problem, value, onValue, choices }: FieldProps & {
  value: T;
  onValue: (value: T) => void;
  choices: [T, string][];
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        class="input"
        value={value}
        aria-describedby={describe(id, hint, problem)}
        onChange={(event) => onValue(event.currentTarget.value as T)}
      >
        {choices.map(([choice, text]) => <option key={choice} value={choice}>{text}</option>)}
      </select>
      <Notes id={id} hint={hint} problem={problem} />
    </div>
  );
}

/** A choice of a few, all of them seen. */
export function Segmented<T extends string>({ label, value, onValue, choices }: {
  label: string;
  value: T;
  onValue: (value: T) => void;
  choices: [T, string][];
}) {
  const name = useId();
  return (
    <fieldset class="field segmented">
      <legend>{label}</legend>
      <div>
        {choices.map(([choice, text]) => (
          <label key={choice}>
            <input type="radio" name={name} checked={choice === value} onChange={() => onValue(choice)} />
            <span>{text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export function CheckField({ label, hint, checked, onChecked }: {
  label: ComponentChildren;
  hint?: ComponentChildren;
  checked: boolean;
  onChecked: (checked: boolean) => void;
}) {
  const id = useId();
  return (
    <div class="field check">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChecked(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      {hint !== undefined && <span id={`${id}-hint`} class="hint">{hint}</span>}
    </div>
  );
}
