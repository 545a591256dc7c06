import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@dither/sdk';
import { nodePlatform } from '@dither/sdk/node';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/children.js';
import { agreed, MORNING } from '../support/installation.js';
import { crashOnly } from '../support/registry.js';

const valueIn = (texts: ReadonlyMap<string, string>): string => texts.get('open') ?? '';

describe('a withdrawal in another process', () => {
  it('takes with it what was recorded before it, although consent is given again', async () => {
    const installation = await agreed(crashOnly, MORNING, { seed: 'again' });
    const one = await installation.start(MORNING);
    const two = await installation.start(MORNING);
    two.client.record('crash');
    await one.client.consent.withdraw();
    await one.client.consent.grant();
    await two.client.flush();
    expect(valueIn(installation.texts)).not.toContain('"value"');
    // From here on both record under the new consent.
    two.client.record('crash');
    await two.client.flush();
    expect(valueIn(installation.texts)).toContain('"value":1');
  });

  it('leaves no crash note behind that was written after it', async () => {
    const installation = await agreed(crashOnly, MORNING, { seed: 'note' });
    const one = await installation.start(MORNING);
    const two = await installation.start(MORNING);
    two.client.record('crash');
    await one.client.consent.withdraw();
    two.client.flushNow();
    await two.client.stop();
    expect([...installation.texts.keys()].sort()).toEqual(['consent', 'ledger']);
  });
});

describe('before the person was asked', () => {
  it('nothing is written, not even a folder', async () => {
    const directory = join(await temporaryFolder(), 'telemetry');
    const platform = nodePlatform({ directory });
    const client = createClient({ registry: crashOnly, endpoint: 'http://127.0.0.1:9', platform });
    await client.ready;
    client.record('crash');
    await client.flush();
    await client.stop();
    expect(existsSync(directory)).toBe(false);
  });
});
