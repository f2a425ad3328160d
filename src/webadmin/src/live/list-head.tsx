// SPDX-License-Identifier: LGPL-2.1-or-later
import { t, tn } from '../app/i18n.js';
import { Button } from '../ui/button.js';
import { changes, filter, filterProblem, loadAllEarlier, mayHaveEarlier, rows, store, streamState } from './model.js';

/** Stands before the first row: whether there was something before it. */
export function ListHead() {
  void changes.value;
  if (filter.value === null && filterProblem.value !== null)
    return <p class="list-head list-empty">{t('Nothing is shown: the filter is not valid.')}</p>;
  if (rows.length === 0)
    return (
      <p class="list-head list-empty">
        {streamState.value.name !== 'live' ? '' : rows.stretch !== null ? t('This page holds no event of this time.')
          : filter.value?.canonical === '' ? t('No event has come yet. What comes appears here.')
          : t('No event matches yet. What comes and matches appears here.')}
      </p>
    );
  if (rows.stretch !== null)
    return null;
  if (store.dropped > 0)
    return <p class="list-head">{tn('One earlier event has left this page.', '{count} earlier events have left this page.', store.dropped)}</p>;
  if (mayHaveEarlier.value)
    return (
      <p class="list-head">
        {t('The daemon may hold earlier events.')}
        {' '}
        <Button kind="quiet" onClick={loadAllEarlier}>{t('Show them')}</Button>
      </p>
    );
  return null;
}
