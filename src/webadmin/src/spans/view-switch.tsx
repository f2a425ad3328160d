// SPDX-License-Identifier: LGPL-2.1-or-later
import { t } from '../app/i18n.js';
import { navigate, route } from '../app/router.js';
import { Segmented } from '../ui/field.js';

/** Shows the events of the same filter one by one, or put together. */
export function ViewSwitch({ now }: { now: 'event' | 'span' | 'trace' }) {
  return (
    <div class="view-switch">
      <Segmented
        label={t('Group')}
        value={now}
        onValue={(value) => {
          const parameters = new URLSearchParams(route.value.parameters);
          parameters.delete('event');
          if (value === 'event')
            parameters.delete('group');
          else
            parameters.set('group', value);
          navigate(value === 'event' ? 'live' : 'spans', parameters);
        }}
        choices={[['event', t('Events')], ['span', t('Spans')], ['trace', t('Traces')]]}
      />
    </div>
  );
}
