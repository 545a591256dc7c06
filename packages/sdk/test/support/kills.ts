import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { uniformInt } from '@dither/mechanisms';
import { registryToJson } from '@dither/protocol';
import { seededSource } from '@dither/sdk/testing';
import { expect } from 'vitest';
import { killNow, runChild, startChild, startReceiver, temporaryFolder } from './children.js';
import { DAY, HOUR, MINUTE } from './installation.js';
import { broken, promisedBy } from './promises.js';
import { reportsIn } from './receiver.js';
import { twoDaily } from './registry.js';

/** Lives through days in one process after the other, each killed at some moment; then checks every promise. */
export async function killWhileLiving(kills: number): Promise<void> {
  const directory = await temporaryFolder();
  const { endpoint, messages } = await startReceiver();
  const registry = registryToJson(twoDaily);
  const source = seededSource('moments');
  let day = 20_440;
  for (let i = 0; i < kills; i++) {
    const child = startChild('days', { directory, endpoint, registry, day });
    // Progress is counted in days, so that a slow machine tests the same: one or two, and some milliseconds more.
    for (const goal = day + 1 + (i % 2); day < goal; ) {
      const [chunk] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
      day = Number(String(chunk).trim().split('\n').at(-1));
    }
    await new Promise((resolve) => setTimeout(resolve, uniformInt(source, 60)));
    await killNow(child);
  }
  // Two undisturbed days send what waits.
  for (const steps of [[['advance', 7 * HOUR]], [['advance', 2 * MINUTE]]]) {
    const wall = ++day * DAY + 9 * HOUR;
    const ended = await runChild('app', { directory, endpoint, registry, wall, steps: [...steps, ['stop']] });
    expect(ended).toMatchObject({ code: 0 });
  }
  const { spent } = JSON.parse(await readFile(join(directory, 'ledger.json'), 'utf8')) as { spent: number };
  expect(reportsIn(messages, twoDaily).length).toBeGreaterThan(kills);
  expect(broken(messages, [twoDaily], promisedBy(twoDaily), spent)).toEqual([]);
}
