import type { Page } from 'playwright-core';
import { expect, it, vi } from 'vitest';
import { DAY, HOUR, MINUTE, PATIENTLY } from './support/device.js';
import { devices } from './support/devices.js';
import { captivePortal, cut, problem, type Respond, receipt, silence } from './support/far-end.js';

/** All of it in the very bundle whose size is measured. */
const here = devices();

/** A page whose first week is over: its batch waits, and is due within six hours. */
async function weekLater(): Promise<Page> {
  const page = await here.phone.open('one-boolean');
  await page.evaluate(() => app.client.consent.grant());
  await page.evaluate(() => app.client.record('dark-mode'));
  await here.phone.sleep(7 * DAY, page);
  expect(here.phone.farEnd.deliveries).toEqual([]);
  return page;
}

/** The page's only batch. */
async function batchOf(page: Page): Promise<{ state: string; tries: number; bytes: string }> {
  const { messages } = await page.evaluate(() => app.inspect());
  expect(messages).toHaveLength(1);
  const { state, tries, bytes } = messages[0] as (typeof messages)[number];
  return { state, tries, bytes };
}

/** The bytes of every delivery, in hexadecimal. */
function delivered(): readonly string[] {
  return here.phone.farEnd.deliveries.map(({ bytes }) => Buffer.from(bytes).toString('hex'));
}

/** Until so many batches came, be it the same: over a connection that breaks Chromium itself tries again. */
async function arrived(count: number): Promise<void> {
  await vi.waitFor(() => expect(here.phone.farEnd.deliveries.length).toBeGreaterThanOrEqual(count), PATIENTLY);
}

it('keeps a batch while offline, and sends the same bytes once online', async () => {
  const { browser, phone } = here;
  const page = await weekLater();
  const { bytes } = await batchOf(page);
  await browser.context.setOffline(true);
  try {
    await phone.sleep(6 * HOUR, page);
    expect(await batchOf(page)).toEqual({ state: 'waiting', tries: 1, bytes });
    await phone.sleep(20 * MINUTE, page);
    expect(await batchOf(page)).toEqual({ state: 'waiting', tries: 2, bytes });
  } finally {
    await browser.context.setOffline(false);
  }
  expect(delivered()).toEqual([]);
  await phone.sleep(2 * HOUR, page);
  expect(await batchOf(page)).toEqual({ state: 'delivered', tries: 3, bytes });
  expect(delivered()).toEqual([bytes]);
});

it.each<readonly [what: string, respond: Respond]>([
  ['the answer of a captive portal', captivePortal],
  ['a connection that breaks', cut],
  ['a server that cannot store', problem('unavailable')],
])('takes %s for no delivery, and sends the same bytes again', async (_what, respond) => {
  const { phone } = here;
  const page = await weekLater();
  const { bytes } = await batchOf(page);
  phone.farEnd.respond = respond;
  await phone.sleep(6 * HOUR, page);
  expect(await batchOf(page)).toEqual({ state: 'waiting', tries: 1, bytes });
  phone.farEnd.respond = receipt;
  await phone.sleep(2 * MINUTE, page);
  expect(await batchOf(page)).toEqual({ state: 'delivered', tries: 2, bytes });
  expect(new Set(delivered())).toEqual(new Set([bytes]));
});

it('reads Retry-After across origins, and rounds it up to an hour', async () => {
  const { phone } = here;
  const page = await weekLater();
  phone.farEnd.respond = problem('unavailable', { 'retry-after': '700' });
  await phone.sleep(6 * HOUR, page);
  await phone.sleep(59 * MINUTE, page);
  expect(delivered()).toHaveLength(1);
  phone.farEnd.respond = receipt;
  await phone.sleep(32 * MINUTE, page);
  await arrived(2);
  expect(await batchOf(page)).toMatchObject({ state: 'delivered', tries: 2 });
});

it('gives up a batch for good only when the server says so with one of the final codes', async () => {
  const { phone } = here;
  const page = await weekLater();
  phone.farEnd.respond = problem('registry-refused');
  await phone.sleep(6 * HOUR, page);
  expect(await batchOf(page)).toMatchObject({ state: 'refused', tries: 1 });
  phone.farEnd.respond = receipt;
  await phone.sleep(12 * HOUR, page);
  expect(delivered()).toHaveLength(1);
});

it.each<readonly [what: string, respond: Respond]>([
  ['before the server answered', silence],
  ['while the connection broke', cut],
])('delivers exactly one batch although the tab was closed in mid-upload, %s', async (_what, respond) => {
  const { phone } = here;
  const page = await weekLater();
  const { bytes } = await batchOf(page);
  phone.farEnd.respond = respond;
  await page.evaluate((time) => deviceTime.sleep(time), 6 * HOUR);
  await arrived(1);
  await page.close();
  phone.farEnd.respond = receipt;
  await phone.setClock(7 * HOUR);
  const again = await phone.open('one-boolean');
  expect(await batchOf(again)).toEqual({ state: 'waiting', tries: 1, bytes });
  // What fell due while the app was closed waits up to a minute.
  await phone.sleep(2 * MINUTE, again);
  expect(await batchOf(again)).toEqual({ state: 'delivered', tries: 2, bytes });
  await phone.sleep(1 * DAY, again);
  expect(new Set(delivered())).toEqual(new Set([bytes]));
  expect(new Set(phone.farEnd.deliveries.map(({ batch }) => batch)).size).toBe(1);
});

it('sends the same bytes after the browser was killed in mid-upload', async () => {
  const { browser, phone } = here;
  const page = await weekLater();
  const { bytes } = await batchOf(page);
  phone.farEnd.respond = silence;
  await page.evaluate((time) => deviceTime.sleep(time), 6 * HOUR);
  await arrived(1);
  await browser.crash();
  phone.farEnd.respond = receipt;
  await phone.setClock(7 * HOUR);
  const again = await phone.open('one-boolean');
  await phone.sleep(2 * MINUTE, again);
  expect(await batchOf(again)).toEqual({ state: 'delivered', tries: 2, bytes });
  expect(delivered()).toEqual([bytes, bytes]);
  // The ledger, too, was on disk.
  expect((await again.evaluate(() => app.inspect())).spent.inLifetime).toBe(1);
});

it('sends one request at a time, and waits for a slow answer', async () => {
  const { phone } = here;
  const page = await weekLater();
  let answer = (): void => undefined;
  phone.farEnd.respond = (delivery, response) => {
    answer = () => receipt(delivery, response);
  };
  await page.evaluate((time) => deviceTime.sleep(time), 6 * HOUR);
  await arrived(1);
  // Many looks whether something is due, and time to try again.
  for (let minute = 0; minute < 5; minute++) await page.evaluate((time) => deviceTime.sleep(time), MINUTE);
  await page.evaluate(() => deviceTime.wait(300));
  expect(delivered()).toHaveLength(1);
  answer();
  await phone.sleep(0, page);
  expect(await batchOf(page)).toMatchObject({ state: 'delivered', tries: 1 });
});

it('tells the server nothing but the batch: no cookie, no address of the page, no validator', async () => {
  const { browser, phone } = here;
  await browser.context.addCookies([{ name: 'who', value: 'me', url: phone.farEnd.origin }]);
  const page = await weekLater();
  await phone.sleep(6 * HOUR, page);
  await phone.sleep(1 * DAY, page);
  const { arrivals } = phone.farEnd;
  expect(arrivals.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'GET /v1/switch-off/org.example.small',
    'OPTIONS /v1/reports',
    'POST /v1/reports',
    'GET /v1/switch-off/org.example.small',
  ]);
  for (const { headers } of arrivals) {
    expect(Object.keys(headers).filter((name) => /cookie|referer|authorization|if-/.test(name))).toEqual([]);
  }
  await browser.context.clearCookies();
});
