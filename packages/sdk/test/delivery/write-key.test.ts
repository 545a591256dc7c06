import { createClient } from '@dither/sdk';
import { fakeTime, testPlatform } from '@dither/sdk/testing';
import { expect, it } from 'vitest';
import { DAY, HOUR, MORNING } from '../support/installation.js';
import { crashOnly } from '../support/registry.js';

it.each([undefined, 'dwk_AAECAwQFBgcICQoLDA0ODw'] as const)(
  'the write key %s goes with every try',
  async (writeKey) => {
    const texts = new Map<string, string>();
    const keys: unknown[] = [];
    // The server does not take it, which is no reason to drop a batch.
    const send = async (_url: string, _body: Uint8Array, key?: string) => {
      keys.push(key);
      return { status: 403, contentType: 'application/problem+json', body: '{"code":"key-refused"}' };
    };
    for (const at of [MORNING, MORNING + DAY]) {
      const time = fakeTime(at);
      const platform = testPlatform({ seed: `write-key ${at}`, time, send, texts });
      const client = createClient({ registry: crashOnly, endpoint: 'memory://server', platform, writeKey });
      await client.ready;
      await client.consent.grant();
      await time.advance(20 * HOUR);
      await client.stop();
    }
    expect(keys.length).toBeGreaterThan(2);
    expect(new Set(keys)).toEqual(new Set([writeKey]));
  },
);
