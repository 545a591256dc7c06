import type { Page } from 'playwright-core';
import { expect, it, vi } from 'vitest';
import { keysOf, reportsIn } from '../support/receiver.js';
import { atRest, DAY, FIRST_DAY, HOUR, MINUTE, PATIENTLY } from './support/device.js';
import { devices } from './support/devices.js';
import { receipt } from './support/far-end.js';
import { cheaper, dearer, first, notebook } from './support/registries.js';
import { stored } from './support/stored.js';

const here = devices();

/** Two tabs of one origin, after the person agreed in the first. */
async function twoTabs(one: string, other: string): Promise<readonly [Page, Page]> {
  const page = await here.phone.open(one);
  await page.evaluate(() => app.client.consent.grant());
  return [page, await here.phone.open(other)];
}

it('makes one report per metric and period of what happened in two tabs', async () => {
  const { phone } = here;
  const tabs = await twoTabs('notebook', 'notebook');
  for (let event = 0; event < 3; event++) {
    for (const tab of tabs) await tab.evaluate(() => app.client.record('edits'));
    await phone.sleep(5000, ...tabs);
  }
  const shown = await Promise.all(tabs.map((tab) => tab.evaluate(() => app.inspect())));
  expect(shown.map(({ open }) => open.find(({ metric }) => metric === 'edits')?.value)).toEqual(['6', '6']);
  await phone.sleep(1 * DAY, ...tabs);
  await phone.sleep(6 * HOUR, ...tabs);
  expect(keysOf(reportsIn(phone.farEnd.deliveries, notebook))).toEqual(
    ['crash', 'edits', 'longest'].map((metric) => `${metric}@${FIRST_DAY}`),
  );
  expect(phone.farEnd.deliveries).toHaveLength(1);
  // Both see it sent, and neither sends it again.
  await phone.sleep(6 * HOUR, ...tabs);
  for (const tab of tabs) {
    expect((await tab.evaluate(() => app.inspect())).messages).toMatchObject([{ state: 'delivered', tries: 1 }]);
  }
  expect(phone.farEnd.deliveries).toHaveLength(1);
});

it('sends from one tab at a time, in the smallest app, and from the other once that tab is gone', async () => {
  const { phone } = here;
  const [page, other] = await twoTabs('one-boolean', 'one-boolean');
  for (const tab of [page, other]) await tab.evaluate(() => app.client.record('dark-mode'));
  await phone.sleep(7 * DAY, page, other);
  // No answer comes, and meanwhile both look again and again.
  phone.farEnd.respond = () => undefined;
  for (let hour = 0; hour < 6; hour++) {
    await Promise.all([page, other].map((tab) => tab.evaluate((time) => deviceTime.sleep(time), 1 * HOUR)));
  }
  await vi.waitFor(() => expect(phone.farEnd.deliveries.length).toBeGreaterThan(0), PATIENTLY);
  await page.evaluate(() => deviceTime.wait(300));
  expect(phone.farEnd.deliveries).toHaveLength(1);
  const { held = [] } = await page.evaluate(() => navigator.locks.query());
  expect(held).toHaveLength(1);
  // Whichever of the two is sending goes; the other takes over.
  const [sending, waiting] = (await isSending(page)) ? [page, other] : [other, page];
  await sending.close();
  phone.farEnd.respond = receipt;
  await phone.sleep(2 * MINUTE, waiting);
  expect((await waiting.evaluate(() => app.inspect())).messages).toMatchObject([{ state: 'delivered', tries: 2 }]);
  expect(new Set(phone.farEnd.deliveries.map(({ batch }) => batch)).size).toBe(1);
});

/** Whether the lock that is held is held by this page. */
function isSending(page: Page): Promise<boolean> {
  return page.evaluate(async () => {
    const before = await navigator.locks.query();
    // A lock of the page's own tells its name among clients.
    const own = await navigator.locks.request('own', async (lock) => {
      const { held = [] } = await navigator.locks.query();
      return held.find(({ name }) => name === lock?.name)?.clientId;
    });
    return before.held?.[0]?.clientId === own;
  });
}

it('spends nothing above what was agreed where a tab runs a dearer version', async () => {
  const { phone } = here;
  const [page, newer] = await twoTabs('first', 'dearer');
  expect(await newer.evaluate(() => [app.client.consent.status, app.client.consent.isCurrent])).toEqual([
    'granted',
    false,
  ]);
  for (let day = 0; day < 4; day++) {
    for (const tab of [page, newer]) {
      await tab.evaluate(() => {
        app.client.record('crash');
        app.client.record('edits');
      });
    }
    await newer.evaluate(() => app.client.record('theme', 'dark'));
    await phone.sleep(1 * DAY, page, newer);
  }
  await phone.sleep(6 * HOUR, page, newer);
  const keys = keysOf(reportsIn(phone.farEnd.deliveries, first, dearer));
  const days = [0, 1, 2, 3].map((day) => FIRST_DAY + day);
  expect([...keys].sort()).toEqual(['crash', 'edits'].flatMap((metric) => days.map((day) => `${metric}@${day}`)));
  const { spent } = await newer.evaluate(() => app.inspect());
  expect(spent.inLifetime).toBe(4 * 0.5);

  await newer.evaluate(() => app.client.consent.grant());
  await phone.sleep(1 * DAY, newer);
  await phone.sleep(1 * DAY, newer);
  await phone.sleep(6 * HOUR, newer);
  const metrics = reportsIn(phone.farEnd.deliveries, first, dearer).filter(({ window }) => window > FIRST_DAY + 4);
  expect(metrics.map(({ metric }) => metric)).toEqual(['crash', 'edits', 'theme']);
});

it('holds both tabs to the lower cap of their two versions', async () => {
  const { phone } = here;
  const tabs = await twoTabs('first', 'cheaper');
  for (let day = 0; day < 20; day++) await phone.sleep(1 * DAY, ...tabs);
  await phone.sleep(6 * HOUR, ...tabs);
  // Alone the first version would have come to 10.
  const reports = reportsIn(phone.farEnd.deliveries, first, cheaper);
  expect(reports.reduce((sum, { microEpsilon }) => sum + microEpsilon, 0)).toBe(7_000_000);
  expect(new Set(keysOf(reports)).size).toBe(reports.length);
});

it('erases everything at a withdrawal in another tab, and is silent in this one', async () => {
  const { phone } = here;
  const [page, other] = await twoTabs('notebook', 'notebook');
  phone.farEnd.switchOff = JSON.stringify({ app: notebook.app, off: ['longest'], until: FIRST_DAY + 3 });
  await page.evaluate(() => app.client.record('edits', 7));
  await phone.sleep(1 * DAY, page, other);
  await page.evaluate(() => app.client.record('edits', 7));
  await phone.sleep(2000, page, other);
  const before = await page.evaluate(() => app.inspect());
  expect(before.messages).toMatchObject([{ state: 'waiting' }]);
  expect(before.switchedOff?.metrics).toEqual(['longest']);
  expect(before.open.map(({ value }) => value)).toContain('7');

  // This tab has something in memory, and does not know yet.
  await page.evaluate(() => app.client.record('edits', 7));
  await other.evaluate(() => app.client.consent.withdraw());
  await atRest(other);
  const erased = await stored(other);
  await phone.sleep(2000, page);
  expect(await page.evaluate(() => app.client.consent.status)).toBe('denied');
  await page.evaluate(() => app.client.record('edits', 7));
  for (let hour = 0; hour < 12; hour++) await phone.sleep(6 * HOUR, page, other);
  expect(phone.farEnd.deliveries).toEqual([]);
  expect(await stored(other)).toEqual(erased);

  const after = await page.evaluate(() => app.inspect());
  expect(after).toMatchObject({ consent: 'denied', open: [], messages: [], latched: [], spent: before.spent });
  expect(after.switchedOff).toBeUndefined();
  expect(after.drops).toMatchObject({ 'no-consent': expect.any(Number) });
});

it('erases the stored answer of a latched metric, and makes no second one before its epoch is over', async () => {
  const { phone } = here;
  const [page, other] = await twoTabs('diary', 'diary');
  await page.evaluate(() => app.client.record('homepage', 'https://example.org'));
  await phone.sleep(2000, page);
  await phone.sleep(1 * DAY, page, other);
  const [latched] = (await page.evaluate(() => app.inspect())).latched;
  expect(latched).toMatchObject({ metric: 'homepage', isSilent: false });
  const answer = Buffer.from(String(latched?.stored), 'hex').toString('base64url');
  expect(JSON.stringify(await stored(page))).toContain(answer);

  await other.evaluate(() => app.client.consent.withdraw());
  await atRest(other);
  expect(JSON.stringify(await stored(page))).not.toContain(answer);
  await other.evaluate(() => app.client.consent.grant());
  await page.evaluate(() => app.client.record('homepage', 'https://example.com'));
  for (let day = 0; day < 5; day++) await phone.sleep(1 * DAY, page, other);
  expect((await page.evaluate(() => app.inspect())).latched).toMatchObject([{ metric: 'homepage', isSilent: true }]);
  expect(phone.farEnd.deliveries).toEqual([]);
});

it('forgets what this tab recorded under a consent that was withdrawn and given anew in another', async () => {
  const { phone } = here;
  const [page, other] = await twoTabs('notebook', 'notebook');
  await page.evaluate(() => app.client.record('edits', 7));
  await other.evaluate(() => app.client.consent.withdraw());
  await other.evaluate(() => app.client.consent.grant());
  await phone.sleep(2000, page, other);
  const { open, drops } = await page.evaluate(() => app.inspect());
  expect(open.map(({ metric, value }) => [metric, value])).toContainEqual(['edits', 'nothing yet']);
  expect(drops).toMatchObject({ 'no-consent': expect.any(Number) });
});
