// SPDX-License-Identifier: LGPL-2.1-or-later
import { useSignal } from '@preact/signals';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { t } from '../app/i18n.js';
import { complete, type Choice, type Completion } from '../filter/complete.js';
import { readHistory } from '../filter/history.js';
import { readTerms } from '../filter/terms.js';
import { Icon } from '../ui/icon.js';
import { Button, IconButton } from '../ui/button.js';
import { knownKeys, knownTypes } from './catalogue.js';
import { checkFilter, filterProblem, isKnownKey, seen, setFilter, type FilterProblem } from './model.js';

/** How long nobody must have typed before the filter is checked. */
const CHECK_MS = 450;

interface Piece {
  text: string;
  kind: string;
}

/** The text in pieces of one colour each. */
function paint(text: string, problem: FilterProblem | null): Piece[] {
  const kinds: string[] = Array.from({ length: text.length }, () => '');
  const fill = (from: number, to: number, kind: string) => kinds.fill(kind, from, to);
  for (const term of readTerms(text, isKnownKey)) {
    const name = term.start + Number(term.negated && text[term.start] === '-');
    if (name > term.start)
      fill(term.start, name, 'f-not');
    if (term.name !== null)
      fill(name, term.valueStart, 'f-key');
    fill(term.valueStart, term.end, 'f-value');
  }
  if (problem !== null && problem.at >= 0) {
    const length = /^[^\s:"]+|^./.exec(text.slice(problem.at))?.[0].length ?? 0;
    for (let i = problem.at; i < problem.at + length; i++)
      kinds[i] += ' f-wrong';
  }
  const pieces: Piece[] = [];
  for (let i = 0; i < text.length; i++) {
    const last = pieces.at(-1);
    if (last !== undefined && last.kind === kinds[i])
      last.text += text[i];
    else
      pieces.push({ text: text[i]!, kind: kinds[i]! });
  }
  // A problem at the end, where something is missing, needs a place too.
  if (problem !== null && problem.at >= text.length && text !== '')
    pieces.push({ text: ' ', kind: 'f-wrong' });
  return pieces;
}

function suggest(text: string, caret: number): Completion | null {
  seen.update();
  const keys = knownKeys.value.map(({ key, title }) => ({ key, title }));
  const known = new Set(keys.map(({ key }) => key));
  const types = knownTypes.value.map(({ type, title }) => ({ type, title }));
  const knownType = new Set(types.map(({ type }) => type));
  return complete(text, caret, {
    // What is there now is likelier to be meant.
    keys: [...keys.filter(({ key }) => seen.keys.has(key)), ...[...seen.keys].filter((key) => !known.has(key)).map((key) => ({ key, title: '' })),
      ...keys.filter(({ key }) => !seen.keys.has(key))],
    types: [...types.filter(({ type }) => seen.types.has(type)), ...[...seen.types].filter((type) => !knownType.has(type)).map((type) => ({ type, title: '' })),
      ...types.filter(({ type }) => !seen.types.has(type))],
    levelTitle: (level) => level === 'error' ? t('errors only') : level === 'trace' ? t('everything') : t('{level} and more severe', { level }),
    values: (key) => seen.get(key),
  });
}

function makeHistory(): Completion {
  return {
    from: 0,
    to: Infinity,
    choices: readHistory().map((text): Choice => ({ insert: text, label: text, detail: '', kind: 'value' })),
  };
}

/** The filter as text: coloured, completed, checked. `text` is the one in force. */
export function FilterInput({ text }: { text: string }) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const back = useRef<HTMLDivElement>(null);
  const [draft, setDraft] = useState(text);
  const popup = useSignal<(Completion & { history: boolean }) | null>(null);
  const [chosen, setChosen] = useState(-1);
  const [draftProblem, setDraftProblem] = useState<FilterProblem | null>(null);
  const recalled = useRef(-1);
  const [caret, setCaret] = useState<number | null>(null);

  // At once: what is typed from now on stays.
  useLayoutEffect(() => {
    setDraft(text);
    setDraftProblem(null);
    popup.value = null;
  }, [text]);

  // Only after the text is in the field can the caret be put into it.
  useLayoutEffect(() => {
    if (caret === null)
      return;
    input.current!.setSelectionRange(caret, caret);
    setCaret(null);
  }, [caret]);

  useEffect(() => {
    if (draft === text) {
      setDraftProblem(null);
      return;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      checkFilter(draft, abort.signal)
        .then((answer) => setDraftProblem(typeof answer === 'string' ? null : answer))
        .catch(() => undefined);
    }, CHECK_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [draft, text]);

  void knownKeys.value;   // by which a text is coloured
  const problem = draft === text ? (filterProblem.value?.text === text.trim() ? filterProblem.value : null)
    : draftProblem?.text === draft ? draftProblem : null;
  const open = popup.value !== null && popup.value.choices.length > 0;
  // What is being typed is not wrong yet; what stands before it may be.
  const before = open && !popup.value!.history && problem !== null && problem.at < popup.value!.from ? problem : null;

  const show = (completion: Completion | null, history = false) => {
    popup.value = completion === null ? null : { ...completion, history };
    setChosen(-1);
  };
  const change = (value: string, at: number) => {
    setDraft(value);
    recalled.current = -1;
    show(value.trim() === '' ? null : suggest(value, at));
  };
  const accept = (choice: Choice) => {
    const { from, to, history } = popup.value!;
    if (history) {
      setDraft(choice.insert);
      show(null);
      setFilter(choice.insert);
      return;
    }
    const end = Math.min(to, draft.length);
    const space = choice.kind !== 'key' && end === draft.length ? ' ' : '';
    const value = draft.slice(0, from) + choice.insert + space + draft.slice(end);
    const at = from + choice.insert.length + space.length;
    setDraft(value);
    setCaret(at);
    show(choice.kind === 'key' ? suggest(value, at) : null);
    input.current!.focus();
  };
  const submit = () => {
    show(null);
    setDraft(draft.trim());
    setFilter(draft);
  };
  const recall = (by: number) => {
    const history = readHistory();
    recalled.current = Math.min(Math.max(recalled.current + by, -1), history.length - 1);
    const value = recalled.current < 0 ? text : history[recalled.current]!;
    setDraft(value);
    setCaret(value.length);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const count = popup.value?.choices.length ?? 0;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const by = event.key === 'ArrowDown' ? 1 : -1;
      if (open)
        setChosen((chosen + by + count + 1 + 1) % (count + 1) - 1);
      else if (by > 0 && draft.trim() !== '')
        show(suggest(draft, input.current!.selectionStart ?? draft.length));
      else if (by > 0 && draft === '')
        show(makeHistory(), true);
      else
        recall(1);
    } else if (event.key === 'Enter') {
      if (open && chosen >= 0)
        accept(popup.value!.choices[chosen]!);
      else
        submit();
    } else if (event.key === 'Tab' && open && !event.shiftKey && !popup.value!.history)
      accept(popup.value!.choices[Math.max(chosen, 0)]!);
    else if (event.key === 'Escape') {
      if (open)
        show(null);
      else
        document.querySelector<HTMLElement>('.list-space')?.focus({ preventScroll: true });
    } else if (event.key === ' ' && event.ctrlKey)
      show(suggest(draft, input.current!.selectionStart ?? draft.length));
    else
      return;
    event.preventDefault();
  };

  return (
    <div class="filter-input" onFocusOut={(event) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null))
        show(null);
    }}>
      <Icon name="filter" />
      <div class="filter-field">
        <div class="filter-clip" aria-hidden="true">
          <div class="filter-back" ref={back}>
            {paint(draft, problem).map(({ text: piece, kind }, index) => <span key={index} class={kind}>{piece}</span>)}
          </div>
        </div>
        <input
          ref={input}
          id="filter"
          type="text"
          role="combobox"
          aria-label={t('Filter')}
          aria-autocomplete="list"
          aria-expanded={open}
          aria-controls={open ? `${id}-list` : undefined}
          aria-activedescendant={open && chosen >= 0 ? `${id}-${chosen}` : undefined}
          aria-invalid={problem !== null}
          aria-describedby={problem !== null ? `${id}-problem` : undefined}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          enterkeyhint="search"
          placeholder={t('Filter: words, to:jane@example.org, level:warn, remoteIp:192.0.2.0/24 …')}
          value={draft}
          onInput={(event) => change(event.currentTarget.value, event.currentTarget.selectionStart ?? 0)}
          onKeyDown={onKeyDown}
          onScroll={(event) => { back.current!.style.transform = `translateX(${-event.currentTarget.scrollLeft}px)`; }}
        />
        {problem !== null && !open && (
          <div class="filter-below" ref={(element) => element?.style.setProperty('--at', String(Math.max(problem.at, 0)))}>
            <p id={`${id}-problem`} class="filter-problem" role="alert">{problem.detail}</p>
          </div>
        )}
        {open && (
          <div class="filter-below" ref={(element) => element?.style.setProperty('--at', String(Math.max(before?.at ?? popup.value!.from, 0)))}>
            {before !== null && <p id={`${id}-problem`} class="filter-problem" role="alert">{before.detail}</p>}
            <ul id={`${id}-list`} class="choices" role="listbox" aria-label={popup.value!.history ? t('Recent filters') : t('Suggestions')}>
            {popup.value!.choices.map((choice, index) => (
              <li
                key={choice.insert}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === chosen}
                ref={index === chosen ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => accept(choice)}
              >
                <span class={`choice choice-${choice.kind}`}>{choice.label}</span>
                {choice.detail !== '' && <span class="choice-detail">{choice.detail}</span>}
              </li>
            ))}
          </ul>
          </div>
        )}
      </div>
      {draft.trim() !== text && <Button kind="quiet" class="filter-apply" onClick={submit}>{t('Apply')}</Button>}
      {draft !== '' && (
        <IconButton icon="close" label={t('Remove the filter')} onClick={() => {
          setDraft('');
          setFilter('');
          input.current!.focus();
        }} />
      )}
      <IconButton icon="chevron" label={t('Recent filters')} aria-haspopup="listbox" onClick={() => {
        show(open && popup.value!.history ? null : makeHistory(), true);
        input.current!.focus();
      }} />
    </div>
  );
}
