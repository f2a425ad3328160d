// SPDX-License-Identifier: LGPL-2.1-or-later
import './operation.css';
import type { ComponentChildren } from 'preact';
import type { Problem } from '../app/api.js';
import { t } from '../app/i18n.js';
import { Staleness } from './polled.js';

/** The frame of these views: headline, what it is about, what one can do, and whether it is up to date. */
export function Page({ title, about, actions, polled, children }: {
  title: string;
  about?: ComponentChildren;
  actions?: ComponentChildren;
  polled: { data: unknown; at: number; problem: Problem | null };
  children: ComponentChildren;
}) {
  return (
    <section class="page">
      <header class="page-head">
        <h1>{title}</h1>
        {actions}
        {about !== undefined && <p>{about}</p>}
      </header>
      <Staleness {...polled} />
      {polled.data !== undefined ? children : polled.problem === null && <p class="empty" role="status">{t('Loading …')}</p>}
    </section>
  );
}
