import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Browser, launch } from '../../../packages/sdk/test/browser/support/chromium.js';
import { build } from '../run.js';
import { type ServedPage, servePage } from './serve-page.js';

/** By the browser's own clock: a fake one takes its measurements away. */
let browser: Browser;
let site: ServedPage;
beforeAll(async () => {
  expect(await build('browser')).toMatchObject({ code: 0 });
  browser = await launch();
  site = await servePage('browser');
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

it('keeps what a page measured of itself up to the instant in which it is left', async () => {
  const page = await browser.context.newPage();
  await page.goto(site.origin);
  await page.getByRole('button', { name: 'Yes' }).click();
  const isOn = page.getByText('Noisy answers are sent.');
  await isOn.waitFor();
  await page.reload();
  await isOn.waitFor();
  const painted = 'performance.getEntriesByName("first-contentful-paint").length';
  await expect.poll(() => page.evaluate(painted), { timeout: 60_000 }).toBe(1);
  // How far the page jumped about is known now, and not before.
  await page.reload();
  await isOn.waitFor();
  await page.getByText('What this app tells its makers').click();
  await page.getByRole('row', { name: /^cls (below|\d)/ }).waitFor({ timeout: 60_000 });
});
