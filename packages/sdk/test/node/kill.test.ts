import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { uniformInt } from '@dither/mechanisms';
import { registryToJson } from '@dither/protocol';
import { seededSource } from '@dither/sdk/testing';
import { expect, it } from 'vitest';
import { killNow, runChild, startChild, startReceiver, temporaryFolder } from '../support/children.js';
import { DAY, HOUR, MINUTE } from '../support/installation.js';
import { keysOf, reportsIn } from '../support/receiver.js';
import { twoDaily } from '../support/registry.js';

const KILLS = 20;

it('killed twenty times while it lives through its days, it never spends twice and never more than its ledger says', async () => {
  const directory = await temporaryFolder();
  const { endpoint, messages } = await startReceiver();
  const registry = registryToJson(twoDaily);
  const source = seededSource('moments');
  let day = 20_440;
  for (let i = 0; i < KILLS; i++) {
    const child = startChild('days', { directory, endpoint, registry, day });
    // Progress is counted in days, so that a slow machine tests the same: one or two, and some milliseconds more.
    for (const goal = day + 1 + (i % 2); day < goal; ) {
      const [chunk] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
      day = Number(String(chunk).trim().split('\n').at(-1));
    }
    await new Promise((resolve) => setTimeout(resolve, uniformInt(source, 60)));
    await killNow(child);
  }
  const last = (day + 1) * DAY + 9 * HOUR;
  await runChild('app', { directory, endpoint, registry, wall: last, steps: [['advance', 7 * HOUR], ['stop']] });
  await runChild('app', {
    directory,
    endpoint,
    registry,
    wall: last + DAY,
    steps: [['advance', 2 * MINUTE], ['stop']],
  });

  const reports = reportsIn(messages, twoDaily);
  expect(reports.length).toBeGreaterThan(KILLS);
  expect(new Set(keysOf(reports)).size).toBe(reports.length);
  const received = reports.reduce((sum, { microEpsilon }) => sum + microEpsilon, 0);
  const ledger = JSON.parse(await readFile(join(directory, 'ledger.json'), 'utf8')) as {
    spent: number;
    charges: [number, string, number][];
  };
  expect(ledger.spent).toBeGreaterThanOrEqual(received);
  for (const end of ledger.charges.map(([charged]) => charged)) {
    const inWindow = ledger.charges.filter(([charged]) => charged <= end && charged > end - 28);
    expect(inWindow.reduce((sum, [, , micro]) => sum + micro, 0)).toBeLessThanOrEqual(14_000_000);
  }
  // The same batch, sent again after a kill, is the same bytes.
  for (const { batch, bytes } of messages) {
    expect(bytes).toEqual(messages.find((message) => message.batch === batch)?.bytes);
  }
});
