import type { Page } from 'playwright-core';
import { inject, vi } from 'vitest';
import type { Browser } from './chromium.js';
import { type FarEnd, farEnd } from './far-end.js';
import { openSite } from './site.js';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** For `vi.waitFor`, which gives up after a second. */
export const PATIENTLY = { timeout: MINUTE };

/** By the protocol's calendar the first day of a week, and of a budget window. */
export const FIRST_DAY = 20_440;

/** A page, or a worker of any kind. */
export interface Scope {
  evaluate<R>(task: () => R | Promise<R>): Promise<R>;
  evaluate<R, A>(task: (argument: A) => R | Promise<R>, argument: A): Promise<R>;
}

/** One installation: an origin of its own in a real browser, on a device whose clock the test moves. */
export interface Device {
  readonly farEnd: FarEnd;
  readonly origin: string;
  /** Everything thrown into its pages that nobody caught. */
  readonly errors: Error[];
  /** Opens a page of an app and waits until it has read what is stored. */
  open(name: string, ...options: readonly string[]): Promise<Page>;
  /** Opens a page of the origin without any app. */
  openBlank(): Promise<Page>;
  /** Starts an app in a worker of a blank page. */
  openWorker(name: string): Promise<Scope>;
  /** The same in a service worker. */
  openServiceWorker(name: string): Promise<Scope>;
  /** Time passes, as when a lid is closed: what fell due in these pages and workers runs once. Returns when all is done. */
  sleep(milliseconds: number, ...scopes: readonly Scope[]): Promise<void>;
  /** Time passes while nothing runs; in these that do, the clock is moved under their feet. */
  setClock(milliseconds: number, ...scopes: readonly Scope[]): Promise<void>;
  close(): Promise<void>;
}

export async function device(browser: Browser): Promise<Device> {
  // Nine o'clock.
  let ahead = FIRST_DAY * DAY + 9 * HOUR - Date.now();
  const errors: Error[] = [];
  const far = await farEnd();
  const site = await openSite({ bundles: inject('bundles'), endpoint: far.origin, ahead: () => ahead });
  const pages: Page[] = [];

  async function goTo(path: string): Promise<Page> {
    const page = await browser.context.newPage();
    pages.push(page);
    page.on('pageerror', (error) => errors.push(error));
    await page.goto(site.origin + path);
    return page;
  }

  return {
    farEnd: far,
    origin: site.origin,
    errors,
    async open(name, ...options) {
      const page = await goTo(`/app/${name}?${options.join('&')}`);
      await page.evaluate(() => app.client.ready);
      return page;
    },
    openBlank: () => goTo('/blank'),
    async openWorker(name) {
      const page = await goTo('/blank');
      const started = page.waitForEvent('worker');
      await page.evaluate((path) => void new Worker(path, { type: 'module' }), `/start/${name}`);
      return ready(await started);
    },
    async openServiceWorker(name) {
      const page = await goTo('/blank');
      const started = browser.context.waitForEvent('serviceworker');
      await page.evaluate((path) => navigator.serviceWorker.register(path, { type: 'module' }), `/start/${name}`);
      return ready(await started);
    },
    async sleep(milliseconds, ...open) {
      ahead += milliseconds;
      await Promise.all(open.map((page) => page.evaluate((time) => deviceTime.sleep(time), milliseconds)));
      for (const page of open) await atRest(page);
    },
    async setClock(milliseconds, ...open) {
      ahead += milliseconds;
      await Promise.all(open.map((page) => page.evaluate((time) => deviceTime.setClock(time), milliseconds)));
    },
    async close() {
      for (const page of pages) await page.close();
      await site.close();
      await far.close();
    },
  };
}

async function ready(scope: Scope): Promise<Scope> {
  await vi.waitFor(() => scope.evaluate(() => app.client.ready), PATIENTLY);
  return scope;
}

/** Waits until nothing on its origin holds or awaits a lock, three looks in a row: then the SDK is at rest. */
export async function atRest(scope: Scope): Promise<void> {
  await scope.evaluate(async () => {
    for (let quiet = 0; quiet < 3; ) {
      await deviceTime.wait(20);
      const { held = [], pending = [] } = await navigator.locks.query();
      quiet = held.length + pending.length === 0 ? quiet + 1 : 0;
    }
  });
}
