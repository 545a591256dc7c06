import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { keysOf, reportsIn } from '../support/receiver.js';
import { atRest, DAY, FIRST_DAY, HOUR } from './support/device.js';
import { devices } from './support/devices.js';
import { fail, hide } from './support/page-events.js';
import { notebook } from './support/registries.js';
import { stored } from './support/stored.js';

const here = devices();
const NOTHING = { databases: {}, local: {}, session: {}, cookies: '', caches: [] };

/** A long and eventful visit. */
async function visit(page: Page): Promise<void> {
  const { phone } = here;
  for (let day = 0; day < 3; day++) {
    await page.evaluate(async () => {
      for (const id of ['edits', 'dark-mode']) app.client.record(id);
      await app.client.flush();
      await app.inspect();
    });
    await fail(page);
    await hide(page);
    await phone.sleep(1 * DAY, page);
  }
  await phone.sleep(6 * HOUR, page);
  phone.errors.splice(0);
  await page.close();
}

it.each(['notebook', 'one-boolean'])('creates nothing and asks nothing before consent: %s', async (name) => {
  const { phone } = here;
  const blank = await phone.openBlank();
  const page = await phone.open(name);
  expect(await page.evaluate(() => app.client.consent.status)).toBe('unknown');
  await visit(page);
  expect(await stored(blank)).toEqual(NOTHING);
  expect(phone.farEnd.arrivals).toEqual([]);
});

it.each(['notebook', 'one-boolean'])(
  'creates nothing and asks nothing in private mode, even after a yes: %s',
  async (name) => {
    const { phone } = here;
    const blank = await phone.openBlank();
    const page = await phone.open(name, 'privateMode');
    await page.evaluate(() => app.client.consent.grant());
    await visit(page);
    const another = await phone.open(name, 'privateMode');
    await another.evaluate(() => app.client.consent.withdraw());
    await visit(another);
    expect(await stored(blank)).toEqual(NOTHING);
    expect(phone.farEnd.arrivals).toEqual([]);
  },
);

it('leaves the schedule of a normal window untouched by a private one beside it', async () => {
  const { phone } = here;
  const normal = await phone.open('notebook');
  await normal.evaluate(() => app.client.consent.grant());
  await normal.evaluate(() => app.client.record('edits', 3));
  await phone.sleep(1 * DAY, normal);
  await normal.evaluate(() => app.client.record('edits', 4));
  await phone.sleep(2000, normal);
  await normal.close();
  const blank = await phone.openBlank();
  const before = await stored(blank);
  const { arrivals } = phone.farEnd;
  const asked = arrivals.length;
  const page = await phone.open('notebook', 'privateMode');
  await page.evaluate(() => app.client.consent.withdraw());
  await visit(page);
  expect(await stored(blank)).toEqual(before);
  expect(arrivals).toHaveLength(asked);
  const after = await phone.open('notebook');
  await phone.sleep(6 * HOUR, after);
  expect(keysOf(reportsIn(phone.farEnd.deliveries, notebook))).toContain(`edits@${FIRST_DAY}`);
});

it('survives a full disk: counts what it loses, spends nothing unseen, and goes on once there is room', async () => {
  const { browser, phone } = here;
  const blank = await phone.openBlank();
  const session = await browser.context.newCDPSession(blank);
  await session.send('Storage.overrideQuotaForOrigin', { origin: phone.origin, quotaSize: 1_000_000 });
  const page = await phone.open('notebook');
  await page.evaluate(() => app.client.consent.grant());
  await phone.sleep(1 * DAY, page);
  await fill(blank);
  for (let day = 0; day < 3; day++) {
    await page.evaluate(() => app.client.record('edits', 5));
    await phone.sleep(2000, page);
    await phone.sleep(1 * DAY, page);
  }
  await page.evaluate(() => app.client.consent.grant());
  const { drops } = await page.evaluate(() => app.inspect());
  expect(drops['storage-failed']).toBeGreaterThanOrEqual(3);
  const sent = phone.farEnd.deliveries.length;

  // Without a size: as before.
  await session.send('Storage.overrideQuotaForOrigin', { origin: phone.origin });
  await phone.sleep(1 * DAY, page);
  await page.evaluate(() => app.client.record('edits', 6));
  await phone.sleep(2000, page);
  const { open } = await page.evaluate(() => app.inspect());
  expect(open.find(({ metric }) => metric === 'edits')?.value).toBe('6');
  await phone.sleep(1 * DAY, page);
  await phone.sleep(6 * HOUR, page);
  const reports = reportsIn(phone.farEnd.deliveries, notebook);
  expect(phone.farEnd.deliveries.length).toBeGreaterThan(sent);
  expect(new Set(keysOf(reports)).size).toBe(reports.length);
  const emitted = reports.reduce((sum, { microEpsilon }) => sum + microEpsilon, 0) / 1e6;
  expect(emitted).toBeGreaterThan(0);
  expect(emitted).toBeLessThanOrEqual((await page.evaluate(() => app.inspect())).spent.inLifetime);
});

it.each([
  ['a page deletes the database', deleteDatabase],
  ['the person clears what the site has stored', clearSite],
] as const)('begins anew after %s under its feet', async (_what, remove) => {
  const { phone } = here;
  const page = await phone.open('notebook');
  await page.evaluate(() => app.client.consent.grant());
  await page.evaluate(() => app.client.record('edits', 3));
  await phone.sleep(2000, page);
  await remove(page);
  await page.evaluate(() => app.client.record('edits', 3));
  // The step that finds the database gone is lost; those after it find an installation that nobody has asked.
  await phone.sleep(2000, page);
  await phone.sleep(2000, page);
  await phone.sleep(1 * DAY, page);
  expect(await page.evaluate(() => app.client.consent.status)).toBe('unknown');
  const blank = await phone.openBlank();
  expect(await stored(blank)).toEqual(NOTHING);
  expect(phone.farEnd.deliveries).toEqual([]);

  await page.evaluate(() => app.client.consent.grant());
  await page.evaluate(() => app.client.record('edits', 4));
  await phone.sleep(2000, page);
  const { open, spent } = await page.evaluate(() => app.inspect());
  expect(open.find(({ metric }) => metric === 'edits')?.value).toBe('4');
  expect(spent.inLifetime).toBe(0);
  await phone.sleep(2 * DAY, page);
  await phone.sleep(6 * HOUR, page);
  expect(phone.farEnd.deliveries).toHaveLength(1);
});

async function deleteDatabase(page: Page): Promise<void> {
  await atRest(page);
  const blank = await here.phone.openBlank();
  await blank.evaluate(async () => {
    for (const { name = '' } of await indexedDB.databases()) {
      await new Promise((resolve, reject) => {
        const request = indexedDB.deleteDatabase(name);
        request.onsuccess = resolve;
        request.onerror = reject;
        request.onblocked = () => reject(new Error('a page is in the way'));
      });
    }
  });
}

async function clearSite(page: Page): Promise<void> {
  await atRest(page);
  const session = await here.browser.context.newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', { origin: here.phone.origin, storageTypes: 'all' });
}

/** The site's own data takes what room there is. */
function fill(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('photographs');
      request.onupgradeneeded = () => request.result.createObjectStore('all');
      request.onsuccess = () => resolve(request.result);
    });
    let key = 0;
    const put = (size: number): Promise<boolean> =>
      new Promise((resolve) => {
        const transaction = database.transaction('all', 'readwrite');
        transaction.objectStore('all').put('x'.repeat(size), key++);
        transaction.oncomplete = () => resolve(true);
        transaction.onabort = () => resolve(false);
      });
    for (const size of [100_000, 10_000, 1000, 100, 10]) while (await put(size));
    database.close();
  });
}
