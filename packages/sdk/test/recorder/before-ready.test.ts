import { createClient } from '@dither/sdk';
import { fakeTime, testPlatform } from '@dither/sdk/testing';
import { describe, expect, it } from 'vitest';
import { agreed, install, MORNING, SECOND } from '../support/installation.js';
import { look } from '../support/look.js';
import { crashOnly } from '../support/registry.js';

describe('what is recorded before storage has been read', () => {
  async function recordAtOnce(texts: Map<string, string>) {
    const time = fakeTime(MORNING + SECOND);
    const send = async (): Promise<never> => {
      throw new Error('offline');
    };
    const platform = testPlatform({ seed: 'early', time, send, texts });
    const client = createClient({ registry: crashOnly, endpoint: 'memory://server', platform });
    client.record('crash');
    expect(client.consent.status).toBe('unknown');
    await client.ready;
    await time.advance(SECOND);
    return look(client);
  }

  it('counts once consent is found to be granted', async () => {
    const installation = await agreed(crashOnly, MORNING, { seed: 'early-granted' });
    const { open, consent } = await recordAtOnce(installation.texts);
    expect(consent).toBe('granted');
    expect(open).toEqual([{ metric: 'crash', start: 20_440, value: 'yes' }]);
  });

  it('counts where the client is stopped before storage has been read, at whatever moment it was recorded', async () => {
    // A command that ends as soon as it has done its work.
    for (let turns = 0; turns < 30; turns++) {
      const { texts } = await agreed(crashOnly, MORNING, { seed: `short ${turns}` });
      const time = fakeTime(MORNING + SECOND);
      const platform = testPlatform({ seed: 'short', time, send: () => Promise.reject(new Error('offline')), texts });
      const client = createClient({ registry: crashOnly, endpoint: 'memory://server', platform });
      for (let turn = 0; turn < turns; turn++) await undefined;
      client.record('crash');
      await client.stop();
      const { client: later } = await install(crashOnly, { seed: 'later', texts }).start(MORNING + 5 * SECOND);
      expect([turns, (await look(later)).open]).toEqual([turns, [{ metric: 'crash', start: 20_440, value: 'yes' }]]);
    }
  });

  it('is forgotten if the person has not been asked', async () => {
    const texts = new Map<string, string>();
    expect((await recordAtOnce(texts)).open).toEqual([]);
    expect(texts.size).toBe(0);
    const { client } = await install(crashOnly, { seed: 'later', texts }).start(MORNING + 5 * SECOND);
    await client.consent.grant();
    expect((await look(client)).open).toEqual([{ metric: 'crash', start: 20_440, value: 'nothing yet' }]);
  });
});
