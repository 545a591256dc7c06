import { beforeAll, expect, it } from 'vitest';
import { atRest, DAY, HOUR } from './support/device.js';
import { devices } from './support/devices.js';
import { stored } from './support/stored.js';

/** Whether the person has turned the signal on: Chromium has none of its own, others define this property. */
const SIGNAL = 'signal';

const here = devices();

beforeAll(() =>
  here.browser.context.addInitScript((name) => {
    Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {
      get: () => !location.search.includes(`no-${name}`),
    });
  }, SIGNAL),
);

it('takes the signal for a no, although the person said yes', async () => {
  const { phone } = here;
  const page = await phone.open('notebook');
  await page.evaluate(() => app.client.consent.grant());
  expect(await page.evaluate(() => app.client.consent.status)).toBe('denied');
  await page.evaluate(() => app.client.record('edits'));
  for (let day = 0; day < 3; day++) await phone.sleep(1 * DAY, page);
  expect(phone.farEnd.arrivals).toEqual([]);
  const { open, messages, spent, drops } = await page.evaluate(() => app.inspect());
  expect({ open, messages, spent: spent.inLifetime }).toEqual({ open: [], messages: [], spent: 0 });
  expect(drops).toEqual({ 'no-consent': 1 });
});

it('reports once the person said yes after being told of the signal, in an app that declares to tell', async () => {
  const { phone } = here;
  const page = await phone.open('notebook');
  await page.evaluate(() => app.client.consent.grant());
  await phone.sleep(7 * DAY, page);
  await phone.sleep(6 * HOUR, page);
  expect(phone.farEnd.arrivals).toEqual([]);
  await page.evaluate(() => app.client.consent.grant({ despiteGpc: true }));
  expect(await page.evaluate(() => app.client.consent.status)).toBe('granted');
  await phone.sleep(7 * DAY, page);
  await phone.sleep(6 * HOUR, page);
  expect(phone.farEnd.deliveries).toHaveLength(1);
});

it('never reports in an app that does not', async () => {
  const { phone } = here;
  const page = await phone.open('one-boolean');
  await page.evaluate(() => app.client.consent.grant({ despiteGpc: true }));
  expect(await page.evaluate(() => app.client.consent.status)).toBe('denied');
  for (let week = 0; week < 2; week++) await phone.sleep(7 * DAY, page);
  expect(phone.farEnd.arrivals).toEqual([]);
});

it('erases what waits when the signal comes after the yes', async () => {
  const { phone } = here;
  const page = await phone.open('notebook', `no-${SIGNAL}`);
  await page.evaluate(() => app.client.consent.grant());
  await page.evaluate(() => app.client.record('edits', 3));
  await phone.sleep(1 * DAY, page);
  const [message] = (await page.evaluate(() => app.inspect())).messages;
  expect(message?.state).toBe('waiting');
  await page.close();
  const signalling = await phone.open('notebook');
  expect(await signalling.evaluate(() => app.client.consent.status)).toBe('denied');
  await phone.sleep(6 * HOUR, signalling);
  await atRest(signalling);
  expect(phone.farEnd.deliveries).toEqual([]);
  expect(JSON.stringify(await stored(signalling))).not.toContain(message?.id);
  expect((await signalling.evaluate(() => app.inspect())).open).toEqual([]);
});
