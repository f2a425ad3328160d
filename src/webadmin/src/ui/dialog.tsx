// SPDX-License-Identifier: LGPL-2.1-or-later
import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { t } from '../app/i18n.js';
import { Button, IconButton } from './button.js';

export interface DialogProps {
  title: string;
  onClose: () => void;
  /** buttons at its foot */
  actions?: ComponentChildren;
  /** makes the dialog a form */
  onSubmit?: () => void;
  wide?: boolean;
  children?: ComponentChildren;
}

/** A modal dialog, open as long as it is there. Escape and its cross call `onClose`. */
export function Dialog({ title, onClose, actions, onSubmit, wide = false, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();

  useEffect(() => {
    const before = document.activeElement;
    element.current!.showModal();
    (element.current!.querySelector<HTMLElement>('[data-first], .dialog-body :is(input:not([type=radio]), input:checked, select)')
      ?? element.current!).focus();
    return () => {
      // What opened it may have gone meanwhile.
      (before instanceof HTMLElement && before.isConnected ? before : document.getElementById('main'))?.focus();
    };
  }, []);

  const content = (
    <>
      <header>
        <h2 id={heading}>{title}</h2>
        <IconButton icon="close" label={t('Close')} onClick={onClose} />
      </header>
      <div class="dialog-body">{children}</div>
      {actions !== undefined && <footer>{actions}</footer>}
    </>
  );

  return (
    <dialog
      ref={element}
      tabIndex={-1}
      class={wide ? 'dialog wide' : 'dialog'}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      {onSubmit === undefined ? content : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            onSubmit();
          }}
        >
          {content}
        </form>
      )}
    </dialog>
  );
}

export interface Question {
  title: string;
  text: ComponentChildren;
  /** what the button says that does it */
  action: string;
  /** does it; what it throws is shown, and the dialog stays */
  run: () => Promise<void>;
}

const question = signal<Question | null>(null);

/** Asks before something is done that cannot be undone. */
export function ask(asked: Question): void {
  question.value = asked;
}

function QuestionDialog({ asked }: { asked: Question }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const close = () => {
    question.value = null;
  };
  const run = async () => {
    setBusy(true);
    try {
      await asked.run();
      close();
    } catch (error) {
      setProblem((error as Error).message);
      setBusy(false);
    }
  };

  return (
    <Dialog
      title={asked.title}
      onClose={close}
      onSubmit={() => void run()}
      actions={
        <>
          <Button onClick={close} data-first>{t('Cancel')}</Button>
          <Button kind="danger" type="submit" disabled={busy}>{asked.action}</Button>
        </>
      }
    >
      <p>{asked.text}</p>
      {problem !== null && <p class="problem" role="alert">{problem}</p>}
    </Dialog>
  );
}

/** Shows what ask() was given; stands once in the page. */
export function Questions() {
  return question.value === null ? null : <QuestionDialog asked={question.value} />;
}
