// SPDX-License-Identifier: LGPL-2.1-or-later
import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { LiveView } from '../live/live-view.js';
import { LevelsView } from '../operation/levels-view.js';
import { SourcesView } from '../operation/sources-view.js';
import { StatusView } from '../operation/status-view.js';
import { SubscribersView } from '../operation/subscribers-view.js';
import { TokensView } from '../operation/tokens-view.js';
import { SpansView } from '../spans/spans-view.js';
import { IconButton } from '../ui/button.js';
import { ExpiryBanner } from './expiry-banner.js';
import { HelpSheet } from './help-sheet.js';
import { t } from './i18n.js';
import { useShortcuts } from './keys.js';
import { href, navigate, view, type View } from './router.js';
import { may, type Permission } from './session.js';
import { SettingsDialog } from './settings-dialog.js';
import { UserMenu } from './user-menu.js';

interface Place {
  view: View;
  title: string;
  /** what one must be allowed to see anything there */
  needs: Permission;
  /** pressed after g */
  key: string;
  content: ComponentType;
}

function listPlaces(): Place[] {
  return [
    { view: 'live', title: t('Live'), needs: 'observe', key: 'l', content: LiveView },
    { view: 'spans', title: t('Spans'), needs: 'observe', key: 's', content: SpansView },
    { view: 'subscribers', title: t('Subscribers'), needs: 'manage', key: 'u', content: SubscribersView },
    { view: 'levels', title: t('Levels'), needs: 'manage', key: 'v', content: LevelsView },
    { view: 'sources', title: t('Sources'), needs: 'observe', key: 'o', content: SourcesView },
    { view: 'tokens', title: t('Tokens'), needs: 'manage', key: 't', content: TokensView },
    { view: 'status', title: t('Status'), needs: 'observe', key: 'i', content: StatusView },
  ];
}

function Refused({ place }: { place: Place }) {
  return (
    <section class="page">
      <h1>{place.title}</h1>
      <p class="empty">
        {place.needs === 'manage'
          ? t('You are signed in without the permission "manage", which this view needs.')
          : t('You are signed in without the permission "observe", which this view needs.')}
      </p>
    </section>
  );
}

/** Header, navigation and the view one is at. */
export function Shell() {
  const [sheet, setSheet] = useState<'help' | 'settings' | null>(null);
  const [open, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const places = listPlaces();
  const offered = places.filter((place) => may(place.needs));
  const place = places.find((one) => one.view === view.value)!;

  useShortcuts(() => ({
    title: t('Everywhere'),
    shortcuts: [
      { keys: '?', text: t('Show the keyboard shortcuts'), run: () => setSheet('help') },
      { keys: ',', text: t('Open the settings'), run: () => setSheet('settings') },
      ...offered.map(({ view: to, title, key }) => ({
        keys: `g ${key}`,
        text: t('Go to {view}', { view: title }),
        run: () => navigate(to),
      })),
    ],
  }), [offered.map(({ title }) => title).join()]);

  useEffect(() => {
    document.title = `${place.title} – Livetrace`;
    setOpen(false);
  }, [place.title]);

  const Content = place.content;
  return (
    <div class="shell">
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current!.focus();
        }}
      >
        {t('Skip to the content')}
      </a>
      <header class="top">
        <a class="brand" href={href('live')} aria-label="Livetrace">
          <svg viewBox="4 5 24 22" width="20" height="18" aria-hidden="true"><path d="M5 17h5l3-8 5 15 3.5-10 1.5 3h4" /></svg>
          <span>Livetrace</span>
        </a>
        <button
          type="button"
          class="button quiet here"
          aria-expanded={open}
          aria-controls="views"
          onClick={() => setOpen(!open)}
        >
          {place.title}
          <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M4 6l4 4 4-4" /></svg>
        </button>
        <nav id="views" class={open ? 'open' : ''} aria-label={t('Views')}>
          {offered.map(({ view: to, title }) => (
            <a
              key={to}
              href={href(to)}
              aria-current={to === place.view ? 'page' : undefined}
              onClick={() => setOpen(false)}
            >
              {title}
            </a>
          ))}
        </nav>
        <div class="top-end">
          <IconButton icon="help" label={t('Keyboard shortcuts')} onClick={() => setSheet('help')} />
          <IconButton icon="settings" label={t('Settings')} onClick={() => setSheet('settings')} />
          <UserMenu />
        </div>
      </header>
      <ExpiryBanner />
      <main id="main" ref={main} tabIndex={place.view === 'live' ? -1 : 0} class={`view-${place.view}`}>
        {may(place.needs) ? <Content /> : <Refused place={place} />}
      </main>
      {sheet === 'help' && <HelpSheet onClose={() => setSheet(null)} />}
      {sheet === 'settings' && <SettingsDialog onClose={() => setSheet(null)} />}
    </div>
  );
}
