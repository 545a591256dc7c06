import { expect, it } from 'vitest';
import { DAY, FIRST_DAY, HOUR, MINUTE } from './support/device.js';
import { devices } from './support/devices.js';

const here = devices();
const NAME = 'org.example.small';

it('leaves out, until the day it names, what the public document of the other origin names', async () => {
  const { phone } = here;
  phone.farEnd.switchOff = JSON.stringify({ app: NAME, off: ['dark-mode'], until: FIRST_DAY + 8 });
  const page = await phone.open('one-boolean');
  await page.evaluate(() => app.client.consent.grant());
  await phone.sleep(2 * MINUTE, page);
  expect((await page.evaluate(() => app.inspect())).switchedOff).toMatchObject({ metrics: ['dark-mode'] });
  await phone.sleep(7 * DAY, page);
  await phone.sleep(6 * HOUR, page);
  expect((await page.evaluate(() => app.inspect())).drops).toEqual({ 'switched-off': 1 });
  expect(phone.farEnd.deliveries).toEqual([]);
  await phone.sleep(7 * DAY, page);
  await phone.sleep(7 * DAY, page);
  await phone.sleep(6 * HOUR, page);
  expect(phone.farEnd.deliveries).toHaveLength(1);
});

it('asks for it once a day, however many pages are opened', async () => {
  const { phone } = here;
  const asking = await phone.open('one-boolean');
  await asking.evaluate(() => app.client.consent.grant());
  await phone.sleep(2 * MINUTE, asking);
  for (let visit = 0; visit < 3; visit++) {
    const page = await phone.open('one-boolean');
    await phone.sleep(2 * MINUTE, page, asking);
    await page.close();
  }
  expect(phone.farEnd.arrivals).toMatchObject([{ url: `/v1/switch-off/${NAME}` }]);
  await phone.sleep(1 * DAY, asking);
  expect(phone.farEnd.arrivals).toHaveLength(2);
});

it('takes what a captive portal says in its place for nothing', async () => {
  const { phone } = here;
  phone.farEnd.switchOff = '<!doctype html><title>Welcome to our lounge</title>';
  const page = await phone.open('one-boolean');
  await page.evaluate(() => app.client.consent.grant());
  await phone.sleep(2 * MINUTE, page);
  await phone.sleep(7 * DAY, page);
  await phone.sleep(6 * HOUR, page);
  expect((await page.evaluate(() => app.inspect())).switchedOff).toBeUndefined();
  expect(phone.farEnd.deliveries).toHaveLength(1);
});
