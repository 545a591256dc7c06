import { expect, it } from 'vitest';
import { keysOf, reportsIn } from '../support/receiver.js';
import { DAY, FIRST_DAY, HOUR, MINUTE } from './support/device.js';
import { devices } from './support/devices.js';
import { fail } from './support/page-events.js';
import { notebook } from './support/registries.js';

const here = devices();

it('makes one report per metric of ten page loads, a crash of the app and one of its tab', async () => {
  const { phone } = here;
  const asking = await phone.open('notebook');
  await asking.evaluate(() => app.client.consent.grant());
  await asking.close();
  for (let load = 1; load <= 10; load++) {
    const page = await phone.open('notebook');
    await page.evaluate((length) => {
      app.client.record('edits', 2);
      app.client.record('longest', length + 0.5);
    }, load);
    if (load === 5) await fail(page);
    await phone.sleep(2000, page);
    if (load === 7) await page.goto('chrome://crash').catch(() => undefined);
    await page.close();
    await phone.setClock(1 * HOUR);
  }
  expect(phone.errors.splice(0)).toHaveLength(1);

  const page = await phone.open('notebook');
  const { open } = await page.evaluate(() => app.inspect());
  expect(open.map(({ metric, value }) => [metric, value])).toEqual([
    ['crash', 'yes'],
    ['edits', '20'],
    ['longest', expect.stringMatching(/^10 /)],
  ]);
  await phone.sleep(1 * DAY, page);
  await phone.sleep(6 * HOUR, page);
  const reports = reportsIn(phone.farEnd.deliveries, notebook);
  expect(keysOf(reports)).toEqual([`crash@${FIRST_DAY}`, `edits@${FIRST_DAY}`, `longest@${FIRST_DAY}`]);
  expect(phone.farEnd.deliveries).toHaveLength(1);
  // With epsilon 10 these two are the truth 22,025 times in 22,026 and 22,009.
  expect(reports[0]?.bytes).toEqual([1]);
  expect(reports[2]?.bytes).toEqual([10]);
});

it('makes one report of ten page loads in the smallest app, too', async () => {
  const { phone } = here;
  for (let load = 1; load <= 10; load++) {
    const page = await phone.open('one-boolean');
    if (load === 1) await page.evaluate(() => app.client.consent.grant());
    await page.evaluate(() => app.client.record('dark-mode'));
    await phone.sleep(2000, page);
    await page.close();
    await phone.setClock(12 * HOUR);
  }
  await phone.setClock(3 * DAY);
  for (let load = 1; load <= 3; load++) {
    const page = await phone.open('one-boolean');
    await phone.sleep(2 * MINUTE, page);
    await page.close();
    await phone.setClock(12 * HOUR);
  }
  expect(phone.farEnd.deliveries).toHaveLength(1);
});

it('spends nothing and throws nothing while the clock is set back', async () => {
  const { phone } = here;
  const page = await phone.open('notebook');
  await page.evaluate(() => app.client.consent.grant());
  for (let day = 0; day < 3; day++) await phone.sleep(1 * DAY, page);
  await phone.sleep(6 * HOUR, page);
  const { spent } = await page.evaluate(() => app.inspect());
  expect(spent.inLifetime).toBe(3 * 20.25);
  const before = phone.farEnd.deliveries.length;

  await phone.setClock(-30 * DAY, page);
  for (let day = 0; day < 3; day++) {
    await page.evaluate(() => app.client.record('edits'));
    await phone.sleep(9 * DAY, page);
  }
  const another = await phone.open('notebook');
  await another.evaluate(() => app.client.record('edits'));
  await phone.sleep(1 * DAY, page, another);
  expect((await page.evaluate(() => app.inspect())).spent).toEqual(spent);
  expect(phone.farEnd.deliveries).toHaveLength(before);

  // Once it is passed again, life goes on where it stopped.
  await phone.sleep(3 * DAY, page, another);
  expect((await page.evaluate(() => app.inspect())).spent.inLifetime).toBe(4 * 20.25);
  expect((await page.evaluate(() => app.inspect())).drops).toEqual({});
});
