import type { Page } from 'playwright-core';

/** What a page is told when its tab goes to the background: Chromium without a window never hides one. */
export function hide(page: Page): Promise<void> {
  return page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  });
}

/** A bug of the app that nobody catches. */
export function fail(page: Page): Promise<void> {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        addEventListener('error', () => resolve(), { once: true });
        queueMicrotask(() => {
          throw new Error('a bug of the app');
        });
      }),
  );
}
