import { createClient } from '@dither/sdk';
import { fakeTime, testPlatform } from '@dither/sdk/testing';
import { describe, expect, it } from 'vitest';
import { agreed, DAY, HOUR, MORNING } from './support/installation.js';
import { look } from './support/look.js';
import { crashOnly } from './support/registry.js';

describe('createClient', () => {
  const platform = () =>
    testPlatform({ seed: 'x', time: fakeTime(MORNING), send: () => Promise.reject(new Error('offline')) });

  it.each(['', 'not a url', 'telemetry.example.org', 'ftp://localhost', 'http://', 'http://localhost/?a=b'])(
    'refuses the endpoint %j when it is declared',
    (endpoint) => {
      const create = () => createClient({ registry: crashOnly, endpoint, platform: platform() });
      expect(create).toThrow(expect.objectContaining({ code: 'endpoint-invalid' }));
    },
  );

  it('takes an endpoint with a path and slashes at its end', async () => {
    const installation = await agreed(crashOnly, MORNING, { seed: 'slashes' });
    const time = fakeTime(MORNING + DAY);
    const urls: string[] = [];
    const send = (url: string) => {
      urls.push(url);
      return Promise.reject(new Error('offline'));
    };
    const { texts } = installation;
    const client = createClient({
      registry: crashOnly,
      endpoint: 'memory://server/dither//',
      platform: testPlatform({ seed: 'y', time, send, texts }),
    });
    await client.ready;
    await time.advance(7 * HOUR);
    expect(urls[0]).toBe('memory://server/dither/v1/reports');
    expect((await look(client)).queued[0]?.tries).toBe(urls.length);
  });
});

describe('ready', () => {
  it('does not wait for the network', async () => {
    const installation = await agreed(crashOnly, MORNING, { seed: 'silent server' });
    await (await installation.start(MORNING + DAY)).client.stop();
    const time = fakeTime(MORNING + DAY + 12 * HOUR);
    const send = () => new Promise<never>(() => undefined);
    const { texts } = installation;
    const never = testPlatform({ seed: 'z', time, send, texts });
    const client = createClient({ registry: crashOnly, endpoint: 'memory://server', platform: never });
    await client.ready;
    expect(client.consent.status).toBe('granted');
  });
});

describe('an event recorded while the client stops', () => {
  it('is counted as lost', async () => {
    const installation = await agreed(crashOnly, MORNING, { seed: 'stopping' });
    const { client } = await installation.start(MORNING);
    const stopped = client.stop();
    client.record('crash');
    await stopped;
    expect((await look(client)).drops).toEqual({ stopped: 1 });
  });
});

describe('files that cannot be read', () => {
  it.each([
    ['open', 'garbage'],
    ['open', '{"records":{"crash":3},"merged":[]}'],
    ['queue', '{}'],
    ['queue', '[{"id":3}]'],
  ])('lose what they held and nothing else: %s = %s', async (key, text) => {
    const installation = await agreed(crashOnly, MORNING, { seed: 'garbage' });
    installation.texts.set(key, text);
    const { client } = await installation.start(MORNING + HOUR);
    client.record('crash');
    await client.stop();
    const { time } = await installation.start(MORNING + DAY);
    await time.advance(7 * HOUR);
    expect(installation.messages).toHaveLength(1);
  });

  it('stop everything if one is the ledger', async () => {
    for (const text of [
      '{}',
      '{"version":1}',
      'garbage',
      '{"version":1,"highWater":1,"spent":0,"charges":[],"draw":{"metrics":[]}}',
    ]) {
      const installation = await agreed(crashOnly, MORNING, { seed: 'ledger' });
      installation.texts.set('ledger', text);
      const { client, time } = await installation.start(MORNING + DAY);
      await time.advance(2 * DAY);
      expect(installation.messages).toEqual([]);
      expect(installation.texts.get('ledger')).toBe(text);
      await client.stop();
    }
  });
});
