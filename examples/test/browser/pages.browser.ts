import { join } from 'node:path';
import { DAY_MS } from '@dither/protocol';
import { loadRegistry } from '@dither/protocol/node';
import { memoryStorage, type Server, startServer } from '@dither/server';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, launch } from '../../../packages/sdk/test/browser/support/chromium.js';
import { build, folderOf } from '../run.js';
import { type ServedPage, servePage } from './serve-page.js';

const HOUR = DAY_MS / 24;

/** Nine o'clock on the first day of a budget window. */
const MORNING = 20_440 * DAY_MS + 9 * HOUR;

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

describe.each(['browser', 'react'])('the example of a page, %s,', (example) => {
  let now: number;
  let site: ServedPage;
  let server: Server;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    expect(await build(example)).toMatchObject({ code: 0 });
  });

  beforeEach(async () => {
    now = MORNING;
    complaints = [];
    site = await servePage(example);
    server = await startServer({
      registries: [await loadRegistry(join(folderOf(example), 'src/registry.ts'))],
      storage: memoryStorage(),
      clock: { now: () => now },
      allowedOrigins: [site.origin],
    });
    site.endpoint = server.url;
    page = await browser.context.newPage();
    await page.clock.install({ time: MORNING });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // That nothing is switched off is said by a 404, which Chromium tells the developer.
      const isAsking = message.location().url.includes('/v1/switch-off/');
      if (message.type() === 'error' && !isAsking) complaints.push(message.text());
    });
    await page.goto(site.origin);
  });

  afterEach(async () => {
    await page.close();
    await site.close();
    await server.close();
  });

  async function pass(milliseconds: number): Promise<void> {
    now += milliseconds;
    await page.clock.fastForward(milliseconds);
  }

  /** Reports that the server has counted, by metric. */
  async function counted(): Promise<{ readonly [metric: string]: number }> {
    const { metrics } = (await (await fetch(`${server.url}/v1/metrics`)).json()) as {
      readonly metrics: readonly { readonly id: string; readonly windows: readonly { readonly n: number }[] }[];
    };
    return Object.fromEntries(metrics.map(({ id, windows }) => [id, windows.reduce((sum, { n }) => sum + n, 0)]));
  }

  it('asks, is a switch from then on, and remembers', async () => {
    await page.getByRole('button', { name: 'No', exact: true }).click();
    await page.getByRole('button', { name: /^(Help us|Yes)$/ }).click();
    await page.getByText('Noisy answers are sent.').waitFor();
    await page.reload();
    await page.getByText('Noisy answers are sent.').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: /^(Help us|Yes)$/ }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('records, shows what it holds, and a period later reports to a server that counts it', async () => {
    await page.getByRole('button', { name: 'Yes' }).click();
    await page.getByText('Noisy answers are sent.').waitFor();
    await use(page);
    await pass(2000);
    const panel = page.getByText('What this app tells its makers');
    await panel.click();
    await page.getByText('On this device only').waitFor();
    await page.getByRole('row', { name: example === 'browser' ? 'edits 1' : 'laps 2' }).waitFor();
    await pass(28 * DAY_MS);
    const reports = async (): Promise<ReadonlySet<number>> => {
      await pass(HOUR);
      return new Set(Object.values(await counted()));
    };
    await expect.poll(reports, { timeout: 60_000 }).toEqual(new Set([1]));
    await (example === 'browser' ? page.getByRole('button', { name: 'Look again' }) : panel).click();
    await page.getByRole('cell', { name: 'delivered' }).waitFor();
    expect(complaints).toEqual([]);
  });

  async function use(page: Page): Promise<void> {
    if (example === 'browser') {
      await page.getByRole('textbox', { name: 'Your notes' }).fill('something');
      await page.getByRole('button', { name: 'Export' }).click();
    } else {
      await page.getByRole('button', { name: 'Lap' }).click();
      await page.getByRole('button', { name: 'Lap' }).click();
    }
  }
});
