import { expect, it } from 'vitest';
import { keysOf, reportsIn } from '../support/receiver.js';
import { DAY, type Device, FIRST_DAY, HOUR, type Scope } from './support/device.js';
import { devices } from './support/devices.js';
import { notebook } from './support/registries.js';

const here = devices();

const kinds: readonly (readonly [kind: string, open: (phone: Device, name: string) => Promise<Scope>])[] = [
  ['a worker', (phone, name) => phone.openWorker(name)],
  ['a service worker', (phone, name) => phone.openServiceWorker(name)],
];

it.each(kinds)('records and reports in %s what it does in a page, from the same bundle', async (_kind, open) => {
  const { phone } = here;
  const worker = await open(phone, 'one-boolean');
  expect(await worker.evaluate(() => app.client.consent.status)).toBe('unknown');
  await worker.evaluate(() => app.client.consent.grant());
  await worker.evaluate(() => app.client.record('dark-mode'));
  await phone.sleep(2000, worker);
  expect((await worker.evaluate(() => app.inspect())).open).toMatchObject([{ metric: 'dark-mode', value: 'yes' }]);
  await phone.sleep(7 * DAY, worker);
  await phone.sleep(6 * HOUR, worker);
  const { messages, drops } = await worker.evaluate(() => app.inspect());
  expect(messages).toMatchObject([{ state: 'delivered', tries: 1 }]);
  expect(drops).toEqual({});
  expect(phone.farEnd.deliveries).toHaveLength(1);
});

it.each(kinds)('shares one installation between a page and %s', async (_kind, open) => {
  const { phone } = here;
  const page = await phone.open('notebook');
  await page.evaluate(() => app.client.consent.grant());
  const worker = await open(phone, 'notebook');
  expect(await worker.evaluate(() => app.client.consent.status)).toBe('granted');
  await page.evaluate(() => app.client.record('edits', 2));
  await worker.evaluate(() => app.client.record('edits', 3));
  await phone.sleep(2000, page, worker);
  const shown = await page.evaluate(() => app.inspect());
  expect(shown.open.find(({ metric }) => metric === 'edits')?.value).toBe('5');
  await phone.sleep(1 * DAY, page, worker);
  await phone.sleep(6 * HOUR, page, worker);
  expect(keysOf(reportsIn(phone.farEnd.deliveries, notebook))).toEqual(
    ['crash', 'edits', 'longest'].map((metric) => `${metric}@${FIRST_DAY}`),
  );
});
