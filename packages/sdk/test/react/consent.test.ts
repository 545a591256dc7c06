import { type Consent, createHooks, DitherProvider, useConsent } from '@dither/sdk/react';
import { act, createElement, Fragment, type ReactNode } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { collected } from '../collectors/registry.js';
import { watched } from '../collectors/watched.js';
import { drawn } from './drawn.js';

interface BannerProps {
  readonly told?: Consent[];
  readonly useIt?: () => Consent;
}

/** Draws what it is told, and keeps it. */
function Banner({ told, useIt = useConsent }: BannerProps): ReactNode {
  const consent = useIt();
  told?.push(consent);
  return `${consent.status} ${consent.isCurrent} ${consent.bound?.perWindow ?? 'nothing'}`;
}

const perWindow = collected.bound.perWindow;

describe('useConsent', () => {
  it('follows what the person says', async () => {
    const { client } = await watched(collected, { isAsked: false });
    const told: Consent[] = [];
    const page = await drawn(createElement(DitherProvider, { client }, createElement(Banner, { told })));
    expect(page.text()).toBe(`unknown false ${perWindow}`);
    await act(async () => told.at(-1)?.grant());
    expect(page.text()).toBe(`granted true ${perWindow}`);
    await act(async () => told.at(-1)?.withdraw());
    expect(page.text()).toBe(`denied false ${perWindow}`);
    expect(client.consent.status).toBe('denied');
  });

  it('hands out the same functions at each render', async () => {
    const { client } = await watched(collected);
    const told: Consent[] = [];
    const page = () => createElement(DitherProvider, { client }, createElement(Banner, { told }));
    const { draw } = await drawn(page());
    await draw(page());
    expect(told.length).toBeGreaterThan(1);
    expect(new Set(told.map(({ grant }) => grant)).size).toBe(1);
    expect(new Set(told.map(({ withdraw }) => withdraw)).size).toBe(1);
  });

  it('listens while it is shown, and no longer', async () => {
    const { client } = await watched(collected);
    let listening = 0;
    const subscribe = (listener: () => void): (() => void) => {
      listening++;
      const end = client.consent.subscribe(listener);
      return () => {
        listening--;
        end();
      };
    };
    const counted = { ...client, consent: Object.assign(Object.create(client.consent), { subscribe }) };
    const page = await drawn(createElement(DitherProvider, { client: counted }, createElement(Banner)));
    expect(listening).toBeGreaterThan(0);
    await page.leave();
    expect(listening).toBe(0);
  });

  it('is unknown while a server draws, and known once the page has taken over, without a mismatch', async () => {
    const { client } = await watched(collected);
    const page = createElement(DitherProvider, { client }, createElement(Banner));
    expect(client.consent.status).toBe('granted');
    const html = renderToString(page);
    expect(html).toBe(`unknown false ${perWindow}`);
    const { text, mismatches } = await drawn(page, html);
    expect(text()).toBe(`granted true ${perWindow}`);
    expect(mismatches).toEqual([]);
  });

  it('is unknown outside of a provider, where nothing can be granted', async () => {
    const told: Consent[] = [];
    const { text } = await drawn(createElement(Banner, { told }));
    await act(async () => told.at(-1)?.grant());
    await act(async () => told.at(-1)?.withdraw());
    expect(text()).toBe('unknown false nothing');
  });

  it('of an app is that of its client where there is no provider, and of the nearest where there is', async () => {
    const mine = await watched(collected, { isAsked: false });
    const other = await watched(collected);
    const { useConsent: useIt } = createHooks(mine.client);
    const nearest = createElement(DitherProvider, { client: other.client }, createElement(Banner, { useIt }));
    const { text } = await drawn(createElement(Fragment, null, createElement(Banner, { useIt }), ' / ', nearest));
    expect(text()).toBe(`unknown false ${perWindow} / granted true ${perWindow}`);
  });
});
