import type { CDPSession, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { devices } from './support/devices.js';

const here = devices();

const EVENTS = 1_000_000;
const FRAMES = 300;
const TURNS = 10;

/** Milliseconds between animation frames while so many events are recorded in each. */
function gaps(page: Page, frames: number, eventsPerFrame: number): Promise<readonly number[]> {
  return page.evaluate(
    async ([count, events]) => {
      const found: number[] = [];
      let before = await new Promise<number>(requestAnimationFrame);
      while (found.length < count) {
        for (let event = 0; event < events; event++) app.client.record('dark-mode');
        const now = await new Promise<number>(requestAnimationFrame);
        found.push(now - before);
        before = now;
      }
      return found;
    },
    [frames, eventsPerFrame] as const,
  );
}

function percentile(values: readonly number[], percent: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length * percent) / 100)] ?? Number.NaN;
}

/** Bytes of live objects. */
async function heap(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize;
}

it('keeps the frame rate and the memory of a page that records a million events', async () => {
  const { browser, phone } = here;
  const page = await phone.open('one-boolean');
  await page.evaluate(() => app.client.consent.grant());
  const session = await browser.context.newCDPSession(page);
  const inEach = Math.ceil(EVENTS / FRAMES);
  await gaps(page, 60, inEach);
  // What those recorded is written, and forgotten.
  await phone.sleep(2000, page);
  const before = await heap(session);
  let most = before;
  const idle: number[] = [];
  const busy: number[] = [];
  // By turns, so that whatever else the machine does meets both.
  for (let turn = 0; turn < TURNS; turn++) {
    idle.push(...(await gaps(page, FRAMES / TURNS, 0)));
    busy.push(...(await gaps(page, FRAMES / TURNS, inEach)));
    most = Math.max(most, await heap(session));
  }
  expect(percentile(busy, 95)).toBeLessThan(2 * percentile(idle, 95));
  // Half a byte for each event, at any time.
  expect(most - before).toBeLessThan(EVENTS / 2);
  const { open, drops } = await page.evaluate(() => app.inspect());
  expect(open).toMatchObject([{ value: 'yes' }]);
  expect(drops).toEqual({});
});
