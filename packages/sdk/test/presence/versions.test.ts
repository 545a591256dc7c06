import { boolean, count, createClient, type DeclaredRegistry, defineRegistry } from '@dither/sdk';
import { oneBitMean, rr } from '@dither/sdk/mechanisms';
import { fakeTime, testPlatform } from '@dither/sdk/testing';
import { describe, expect, it } from 'vitest';
import { agreed, DAY, HOUR, MINUTE, MORNING, SECOND } from '../support/installation.js';
import { about } from '../support/registry.js';

const version = (epsilon: number) =>
  defineRegistry({
    app: 'org.example.versions',
    expectedClients: 1000,
    budget: { perWindow: 28 * (epsilon + 0.25), lifetime: 1000 },
    metrics: {
      crash: boolean({ ...about, mechanism: rr, epsilon }),
      clicks: count({ ...about, mechanism: oneBitMean, epsilon: 0.25, clamp: 20 }),
    },
  });
const older = version(0.05);
const newer = version(1);

/**
 * The newer version, in whose days more was spent than the older one allows, is agreed to once more five seconds before
 * midnight, while a tab of the older one is open; that tab looks at the clock later in each minute.
 */
async function midnight(hasEvent: boolean) {
  const installation = await agreed(newer, MORNING, { seed: 'midnight' });
  const { texts, receiver, messages } = installation;
  for (let day = 1; day < 12; day++) {
    const { client, time } = await installation.start(MORNING + day * DAY);
    await time.advance(2 * MINUTE);
    await client.stop();
  }
  const time = fakeTime(MORNING + 11 * DAY + HOUR + 10 * SECOND);
  const open = async (registry: DeclaredRegistry, seed: string) => {
    const platform = testPlatform({ seed, time, send: receiver.send(time), texts });
    const client = createClient({ registry, endpoint: 'memory://server', platform });
    await client.ready;
    return client;
  };
  const tab = await open(newer as unknown as DeclaredRegistry, 'newer');
  await time.advance(14 * HOUR - 80 * SECOND);
  const other = await open(older as unknown as DeclaredRegistry, 'older');
  await time.advance(65 * SECOND);
  await tab.consent.grant();
  if (hasEvent) other.record('crash');
  await time.advance(8 * HOUR);
  return messages.map(({ at, bytes }) => [at, bytes.length]);
}

describe('whether a tab sends', () => {
  it('does not depend on what is recorded in a tab of an older version', async () => {
    expect(await midnight(true)).toEqual(await midnight(false));
  });
});
