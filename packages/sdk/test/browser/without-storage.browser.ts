import type { Frame } from 'playwright-core';
import { expect, it } from 'vitest';
import { INSECURE_HOST } from './support/chromium.js';
import { DAY, HOUR } from './support/device.js';
import { devices } from './support/devices.js';

const here = devices();

/** A day in the life of an app whose storage cannot be had. */
async function live(scope: Frame): Promise<void> {
  await scope.evaluate(
    async (times) => {
      const { client } = app;
      await client.ready;
      await client.consent.grant();
      for (const time of times) {
        client.record('edits');
        await client.flush();
        await deviceTime.sleep(time);
        await deviceTime.wait(100);
      }
      await client.consent.withdraw();
      await client.stop();
    },
    [2000, 1 * DAY, 6 * HOUR],
  );
}

it('is silent, and throws nothing, in a frame to which all storage is forbidden', async () => {
  const { phone } = here;
  const page = await phone.openBlank();
  const added = page.waitForEvent('framenavigated', (frame) => frame.url().includes('/app/'));
  await page.evaluate((src) => {
    const frame = document.createElement('iframe');
    frame.sandbox.add('allow-scripts');
    frame.src = src;
    document.body.append(frame);
  }, `${phone.origin}/app/notebook`);
  const frame = await added;
  await frame.waitForFunction(() => 'app' in globalThis);
  await live(frame);
  expect(await frame.evaluate(() => app.client.consent.status)).not.toBe('granted');
  expect(phone.farEnd.arrivals).toEqual([]);
});

it('is silent, and throws nothing, on a page without a secure connection', async () => {
  const { phone } = here;
  const page = await phone.openBlank();
  await page.goto(`${phone.origin.replace('127.0.0.1', INSECURE_HOST)}/app/notebook`);
  await page.waitForFunction(() => 'app' in globalThis);
  expect(await page.evaluate(() => isSecureContext)).toBe(false);
  await live(page.mainFrame());
  expect(await page.evaluate(async () => [await indexedDB.databases(), { ...localStorage }])).toEqual([[], {}]);
  expect(phone.farEnd.arrivals).toEqual([]);
});
