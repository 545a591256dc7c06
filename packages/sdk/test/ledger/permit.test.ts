import { createClient } from '@dither/sdk';
import { fakeTime, testPlatform } from '@dither/sdk/testing';
import { describe, expect, it } from 'vitest';
import { agreed, DAY, ledgerIn, MORNING } from '../support/installation.js';
import { twoDaily } from '../support/registry.js';

const PER_DAY = 500_000;

describe('one closing per process start', () => {
  it('is not renewed by creating the client again in the same process', async () => {
    const { texts } = await agreed(twoDaily, MORNING, { seed: 'again' });
    const time = fakeTime(MORNING);
    const send = () => Promise.reject(new Error('offline'));
    const platform = testPlatform({ seed: 'process', time, send, texts });
    for (let day = 1; day <= 20; day++) {
      time.setWall(MORNING + day * DAY);
      const client = createClient({ registry: twoDaily, endpoint: 'memory://server', platform });
      await client.ready;
      await client.stop();
    }
    expect(ledgerIn(texts).spent).toBe(PER_DAY);
  });

  it('is not used up by a write that failed', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'failed write' });
    let isFailing = true;
    const { client, time } = await installation.start(MORNING + DAY, {
      wrap: (platform) => ({
        ...platform,
        storage: {
          ...platform.storage,
          write: (entries) =>
            isFailing && entries.some(([key]) => key === 'ledger')
              ? Promise.reject(new Error('quota'))
              : platform.storage.write(entries),
        },
      }),
    });
    expect(ledgerIn(installation.texts).spent).toBe(0);
    isFailing = false;
    await time.advance(61_000);
    expect(ledgerIn(installation.texts).spent).toBe(PER_DAY);
    await client.stop();
  });
});
