// SPDX-License-Identifier: LGPL-2.1-or-later
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Problem, request } from '../app/api.js';
import { t } from '../app/i18n.js';

export interface Polled<T> {
  /** the last good answer; undefined until there is one */
  data: T | undefined;
  /** when it came, in ms */
  at: number;
  /** why the last attempt failed; null if it did not */
  problem: Problem | null;
  /** asks again at once */
  refresh: () => void;
}

/** Asks for something again and again while the page is seen. */
export function usePolled<T>(path: string, everyMs = 2000): Polled<T> {
  const [state, setState] = useState<Omit<Polled<T>, 'refresh'>>({ data: undefined, at: 0, problem: null });
  const wake = useRef<() => void>(() => undefined);
  const refresh = useCallback(() => wake.current(), []);

  useEffect(() => {
    const aborter = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asking = false;
    let again = false;

    const run = async () => {
      clearTimeout(timer);
      if (asking) {
        again = true;
        return;
      }
      asking = true;
      try {
        const data = await request<T>('GET', path, { signal: aborter.signal });
        setState({ data, at: Date.now(), problem: null });
      } catch (error) {
        if (aborter.signal.aborted)
          return;
        setState((before) => ({ ...before, problem: error as Problem }));
      }
      asking = false;
      if (again || !document.hidden)
        timer = setTimeout(() => void run(), again ? 0 : everyMs);
      again = false;
    };
    const onVisible = () => {
      if (!document.hidden)
        void run();
    };

    wake.current = () => void run();
    void run();
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      aborter.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [path, everyMs]);

  return { ...state, refresh };
}

/** Says that what is shown is not up to date, and why. */
export function Staleness({ problem, at }: { problem: Problem | null; at: number }) {
  if (problem === null)
    return null;
  const reason = problem.status === 0 ? t('the daemon cannot be reached') : problem.detail;
  return (
    <p class="note" role="status">
      {at === 0 ? t('Nothing to show: {reason}.', { reason }) : t('Not up to date: {reason}. Trying again.', { reason })}
    </p>
  );
}
