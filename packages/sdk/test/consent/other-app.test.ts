import { boolean, defineRegistry } from '@dither/sdk';
import { rr } from '@dither/sdk/mechanisms';
import { describe, expect, it } from 'vitest';
import { agreed, DAY, HOUR, install, MORNING } from '../support/installation.js';
import { about, crashOnly, nearlyTrue } from '../support/registry.js';

const other = defineRegistry({
  app: 'org.example.other',
  expectedClients: 1000,
  budget: { perWindow: 10_000, lifetime: 1_000_000 },
  metrics: { crash: boolean({ ...about, ...nearlyTrue, mechanism: rr }) },
});

describe('another app on the same storage', () => {
  it('has no consent, spends nothing, sends nothing and erases nothing', async () => {
    const first = await agreed(crashOnly, MORNING, { seed: 'first app' });
    const { client } = await first.start(MORNING + DAY);
    client.record('crash');
    await client.stop();
    const before = Object.fromEntries(first.texts);

    const second = install(other, { seed: 'second app', texts: first.texts });
    const run = await second.start(MORNING + DAY);
    run.client.record('crash');
    await run.client.consent.grant();
    await run.time.advance(DAY + HOUR);
    await run.client.consent.withdraw();
    await run.client.stop();
    expect(run.client.consent.status).not.toBe('granted');
    expect(second.messages).toEqual([]);
    expect(Object.fromEntries(first.texts)).toEqual(before);

    // The first one goes on as if nothing had been.
    const again = await first.start(MORNING + 2 * DAY);
    await again.time.advance(7 * HOUR);
    expect(first.messages).toHaveLength(2);
  });
});
