import type { Page } from 'playwright-core';
import { expect, it, vi } from 'vitest';
import { atRest, DAY, HOUR, MINUTE, PATIENTLY } from './support/device.js';
import { devices } from './support/devices.js';
import { allow } from './support/far-end.js';
import { fail, hide } from './support/page-events.js';
import { stored } from './support/stored.js';

/**
 * What Chromium does at the end of a page. It tells `visibilitychange` and `pagehide`, and then answers nothing any more:
 * a database transaction that is begun there is committed as often as not, a lock is never granted, `localStorage` alone
 * takes what it is given. A `fetch` with `keepalive` that was begun before is carried out, and its preflight as well,
 * however late that is answered. So a page writes down what was recorded, finishes the request under way, and leaves the
 * rest to the next visit; a page that is hidden and lives on sends what is due.
 */
const here = devices();

/** How people leave a page. */
const ways: readonly (readonly [way: string, leave: (page: Page) => Promise<unknown>])[] = [
  ['closing the tab', (page) => page.close()],
  ['a reload', (page) => page.reload()],
  ['a link within the site', (page) => page.goto(`${here.phone.origin}/blank`)],
  ['a link to another site', (page) => page.goto('data:text/html,elsewhere')],
];

async function consented(app: string): Promise<Page> {
  const page = await here.phone.open(app);
  await page.evaluate(() => globalThis.app.client.consent.grant());
  await atRest(page);
  return page;
}

/** What happened so far, by metric, as a page opened afterwards finds it. */
async function happened(app: string): Promise<{ readonly [metric: string]: string }> {
  const page = await here.phone.open(app);
  const { open } = await page.evaluate(() => globalThis.app.inspect());
  return Object.fromEntries(open.map(({ metric, value }) => [metric, value]));
}

it('writes what was recorded when the page is hidden, at once', async () => {
  const page = await consented('notebook');
  await page.evaluate(() => app.client.record('edits'));
  await hide(page);
  await atRest(page);
  expect(await happened('notebook')).toMatchObject({ edits: '1' });
});

it.each(ways)('keeps what was recorded in the very instant before %s', async (_way, leave) => {
  const page = await consented('notebook');
  await page.evaluate(() => app.client.record('edits'));
  await leave(page);
  expect(await happened('notebook')).toMatchObject({ edits: '1' });
});

it.each(ways)('keeps a crash in the very instant before %s', async (_way, leave) => {
  const page = await consented('notebook');
  await fail(page);
  await leave(page);
  expect(here.phone.errors.splice(0)).toHaveLength(1);
  expect(await happened('notebook')).toMatchObject({ crash: 'yes' });
});

it('sends what is due when the page is hidden, and nothing that is not', async () => {
  const { phone } = here;
  const page = await consented('one-boolean');
  await phone.sleep(7 * DAY, page);
  await hide(page);
  await atRest(page);
  expect(phone.farEnd.arrivals).toMatchObject([{ method: 'GET' }]);
  await phone.setClock(6 * HOUR, page);
  await hide(page);
  await vi.waitFor(() => expect(phone.farEnd.deliveries).toHaveLength(1), PATIENTLY);
});

it.each(ways)('sends nothing that is not due at %s', async (_way, leave) => {
  const { phone } = here;
  const page = await consented('one-boolean');
  await phone.sleep(7 * DAY, page);
  expect((await page.evaluate(() => app.inspect())).messages).toMatchObject([{ state: 'waiting', tries: 0 }]);
  await hide(page);
  await leave(page);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(phone.farEnd.deliveries).toEqual([]);
});

// A reload starts the app again, which closes what has ended.
it.each(ways.filter(([way]) => way !== 'a reload'))(
  'closes no period that has ended, nor writes anything, at %s',
  async (_way, leave) => {
    const { phone } = here;
    const page = await consented('one-boolean');
    const blank = await phone.openBlank();
    const before = await stored(blank);
    await phone.setClock(7 * DAY, page);
    await hide(page);
    await leave(page);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await stored(blank)).toEqual(before);
  },
);

it('finishes a request that was begun, a slow preflight included, after the tab was closed', async () => {
  const { phone } = here;
  const page = await consented('one-boolean');
  await phone.sleep(7 * DAY, page);
  const allowed = new Promise<void>((resolve) => {
    phone.farEnd.preflight = (response) => {
      resolve();
      setTimeout(() => allow(response), 500);
    };
  });
  await page.evaluate((time) => deviceTime.sleep(time), 6 * HOUR);
  await allowed;
  await page.close();
  expect(phone.farEnd.deliveries).toEqual([]);
  await vi.waitFor(() => expect(phone.farEnd.deliveries).toHaveLength(1), PATIENTLY);
});

it.each(ways)('leaves what is due at %s to the next visit at the latest', async (_way, leave) => {
  const { phone } = here;
  const page = await consented('one-boolean');
  await phone.sleep(7 * DAY, page);
  await phone.setClock(6 * HOUR, page);
  await leave(page);
  const again = await phone.open('one-boolean');
  await phone.sleep(2 * MINUTE, again);
  expect((await again.evaluate(() => app.inspect())).messages).toMatchObject([{ state: 'delivered' }]);
  expect(new Set(phone.farEnd.deliveries.map(({ batch }) => batch)).size).toBe(1);
});
