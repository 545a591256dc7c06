import { collectPage } from '@dither/sdk/collectors/page';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/collectors/_scope.js';
import { collected } from './registry.js';
import { timers, watched } from './watched.js';

/** A page: its own events, its document's, and what it knows of its navigation. */
function page(first: Partial<Entry> = {}) {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible', prerendering: false });
  const time = timers();
  let entry: Entry | undefined = {
    duration: 0,
    responseStart: 0,
    domContentLoadedEventEnd: 0,
    loadEventEnd: 0,
    ...first,
  };
  return {
    scope: {
      ...time,
      document,
      performance: {
        now: () => 0,
        getEntriesByType: (type: string) => (type === 'navigation' && entry !== undefined ? [entry] : []),
      },
      addEventListener: window.addEventListener.bind(window),
      removeEventListener: window.removeEventListener.bind(window),
    },
    time,
    document,
    know(more: Partial<Entry> | undefined) {
      entry = more && entry && { ...entry, ...more };
    },
    emit: (type: string) => window.dispatchEvent(new Event(type)),
  };
}

/** The vitals of a page, reported when told. */
function vitals() {
  const reporting: { [handler: string]: (vital: { value: number; id: string }) => void } = {};
  const on = (handler: string) => (report: (vital: { value: number; id: string }) => void) => {
    reporting[handler] = report;
  };
  return {
    reporting,
    vitals: { onLCP: on('LCP'), onINP: on('INP'), onCLS: on('CLS'), onFCP: on('FCP') },
  };
}

const moments = { ttfb: 'ttfb', domContentLoaded: 'read', load: 'load' } as const;

describe('navigation', () => {
  it('is recorded once each moment is known: the first byte at once, the rest when the page has loaded', async () => {
    const { client, news, drops } = await watched(collected);
    const { scope, time, know, emit } = page({ responseStart: 120.5 });
    collectPage(client, moments, { scope });
    expect(news()).toEqual([['ttfb', 120.5]]);
    know({ domContentLoadedEventEnd: 400 });
    emit('load');
    // Its end is not known while its listeners run.
    expect(news()).toEqual([]);
    know({ loadEventEnd: 900 });
    time.run();
    expect(news()).toEqual([
      ['read', 400],
      ['load', 900],
    ]);
    emit('pagehide');
    time.run();
    expect(news()).toEqual([]);
    expect(await drops()).toEqual({});
  });

  it('is recorded at once on a page that has loaded', async () => {
    const { client, news } = await watched(collected);
    const { scope } = page({ responseStart: 100, domContentLoadedEventEnd: 400, loadEventEnd: 900 });
    collectPage(client, { load: 'load' }, { scope });
    expect(news()).toEqual([['load', 900]]);
  });

  it('is recorded as far as it came, and written, if the page is left before it has loaded', async () => {
    const { client, calls } = await watched(collected);
    const { scope, know, emit } = page({ responseStart: 100 });
    collectPage(client, moments, { scope });
    know({ domContentLoadedEventEnd: 400 });
    emit('pagehide');
    expect(calls).toEqual([['record', 'ttfb', 100], ['record', 'read', 400], ['flushNow']]);
  });

  it('of a page loaded ahead counts from when it is shown, and not at all before', async () => {
    const { client, news } = await watched(collected);
    const { scope, document, know, emit, time } = page({ responseStart: 100, domContentLoadedEventEnd: 400 });
    document.prerendering = true;
    collectPage(client, moments, { scope });
    know({ loadEventEnd: 900 });
    emit('load');
    time.run();
    expect(news()).toEqual([]);
    document.prerendering = false;
    know({ activationStart: 300 });
    document.dispatchEvent(new Event('prerenderingchange'));
    expect(news()).toEqual([
      ['ttfb', 0],
      ['read', 100],
      ['load', 600],
    ]);
  });

  it('is not recorded once it is stopped', async () => {
    const { client, calls } = await watched(collected);
    const { scope, know, emit, time } = page();
    const stop = collectPage(client, moments, { scope });
    emit('load');
    stop();
    know({ responseStart: 100, loadEventEnd: 900 });
    time.run();
    emit('pagehide');
    expect(time.delays).toEqual([]);
    expect(calls).toEqual([]);
  });

  it('does nothing where nothing tells of it', async () => {
    const { client, calls } = await watched(collected);
    const { scope, know } = page();
    know(undefined);
    collectPage(client, moments, { scope })();
    collectPage(client, moments, { scope: {} })();
    // Node has a performance timeline, and no navigation.
    collectPage(client, moments)();
    expect(calls).toEqual([]);
  });
});

describe('vitals', () => {
  const metrics = { lcp: 'lcp', inp: 'inp', cls: 'cls', fcp: 'fcp' } as const;

  it('are recorded by those who report them', async () => {
    const { client, news, drops } = await watched(collected);
    const { reporting, vitals: handlers } = vitals();
    collectPage(client, metrics, { vitals: handlers, scope: page().scope });
    reporting['FCP']?.({ value: 800, id: 'a' });
    reporting['LCP']?.({ value: 1200, id: 'b' });
    reporting['INP']?.({ value: 64, id: 'c' });
    reporting['CLS']?.({ value: 0, id: 'd' });
    expect(news()).toEqual([
      ['fcp', 800],
      ['lcp', 1200],
      ['inp', 64],
      ['cls', 0],
    ]);
    expect(await drops()).toEqual({});
  });

  it('count once per page view, by what they were when it was first hidden', async () => {
    const { client, news } = await watched(collected);
    const { reporting, vitals: handlers } = vitals();
    collectPage(client, metrics, { vitals: handlers, scope: page().scope });
    reporting['CLS']?.({ value: 0.1, id: 'first' });
    reporting['CLS']?.({ value: 0.3, id: 'first' });
    reporting['INP']?.({ value: 80, id: 'first' });
    // Brought back by the back button.
    reporting['CLS']?.({ value: 0, id: 'second' });
    expect(news()).toEqual([
      ['cls', 0.1],
      ['inp', 80],
      ['cls', 0],
    ]);
  });

  it('that come while the page is hidden are written at once', async () => {
    const { client, calls } = await watched(collected);
    const { reporting, vitals: handlers } = vitals();
    const { scope, document } = page();
    collectPage(client, metrics, { vitals: handlers, scope });
    reporting['LCP']?.({ value: 1200, id: 'a' });
    expect(calls).toEqual([['record', 'lcp', 1200]]);
    document.visibilityState = 'hidden';
    reporting['CLS']?.({ value: 0.2, id: 'b' });
    expect(calls.slice(1)).toEqual([['record', 'cls', 0.2], ['flushNow']]);
  });

  it('that no metric is mapped to are not measured', async () => {
    const { client } = await watched(collected);
    const { reporting, vitals: handlers } = vitals();
    collectPage(client, { cls: 'cls' }, { vitals: handlers, scope: page().scope });
    expect(Object.keys(reporting)).toEqual(['CLS']);
  });

  it('are not recorded once it is stopped', async () => {
    const { client, calls } = await watched(collected);
    const { reporting, vitals: handlers } = vitals();
    const stop = collectPage(client, metrics, { vitals: handlers, scope: page().scope });
    stop();
    reporting['LCP']?.({ value: 1200, id: 'a' });
    expect(calls).toEqual([]);
  });

  it('of a package that throws where it cannot run do not reach the app', async () => {
    const { client } = await watched(collected);
    // Outside of a browser it does.
    const { onCLS } = await import('web-vitals');
    expect(() => onCLS(() => undefined)).toThrow();
    expect(() => collectPage(client, { cls: 'cls' }, { vitals: { onCLS } })()).not.toThrow();
  });
});
