import { createClient, type DeclaredRegistry, defineRegistry, text } from '@dither/sdk';
import { memoryStorage } from '@dither/sdk/testing';
import { describe, expect, it } from 'vitest';
import {
  type AnyInstallation,
  agreed,
  DAY,
  HOUR,
  install,
  ledgerIn,
  MINUTE,
  MORNING,
  slowly,
} from '../support/installation.js';
import { plain, readTraced, traced } from '../support/latched.js';
import { broken, promisedBy } from '../support/promises.js';
import { reportsIn } from '../support/receiver.js';
import { about } from '../support/registry.js';

const FIRST = 20_440;

function version(metric: Parameters<typeof text>[0]): DeclaredRegistry {
  return defineRegistry({
    app: 'org.example.versions',
    expectedClients: 1000,
    budget: { perWindow: 20, lifetime: 1000 },
    metrics: { homepage: text(metric) },
  }) as unknown as DeclaredRegistry;
}

const latched = (epoch: number, maxLength = 100) =>
  version({ ...about, mechanism: traced, latch: { epsilonFirst: 0.1, epsilonInfinity: 1, epoch }, maxLength } as never);
const one = latched(14);
const shorter = latched(14, 50);
const longer = latched(28);
const fresh = version({ ...about, mechanism: plain, epsilon: 0.1 } as never);

/** Opens each version for some days, one after the other, over one storage, and agrees to each. */
async function update(...versions: readonly (readonly [registry: DeclaredRegistry, until: number])[]) {
  let installation: AnyInstallation = await agreed(versions[0]?.[0] as DeclaredRegistry, MORNING, { seed: 'update' });
  let day = 0;
  for (const [registry, until] of versions) {
    installation = install(registry, {
      seed: `update-${day}`,
      texts: installation.texts,
      receiver: installation.receiver,
    }) as unknown as AnyInstallation;
    const { client } = await installation.start(MORNING + day * DAY);
    await client.consent.grant();
    await client.stop();
    for (; day < until; day++) {
      const { time, client: later } = await installation.start(MORNING + day * DAY + HOUR, { wrap: slowly });
      await time.advance(7 * HOUR);
      await later.stop();
    }
  }
  const registries = versions.map(([registry]) => registry);
  const reports = reportsIn(installation.messages, ...registries);
  const { spent } = ledgerIn(installation.texts);
  expect(broken(installation.messages, registries, promisedBy(one), spent)).toEqual([]);
  return { days: reports.map(({ window }) => window - FIRST), reports, spent };
}

const days = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const costOf = (registry: DeclaredRegistry, reports: number): number =>
  registry.metrics['homepage']?.microEpoch[reports - 1] as number;

describe('an update that declares a latched metric otherwise', () => {
  it('is silent until the next epoch, and pays for that alone', async () => {
    const { days: seen, spent } = await update([one, 5], [shorter, 20]);
    expect(seen).toEqual([...days(0, 4), ...days(14, 19)]);
    expect(spent).toBe(2 * costOf(one, 14));
  });

  it('with epochs of another length is silent until one of its own begins after what was latched', async () => {
    const { days: seen } = await update([one, 5], [longer, 35]);
    expect(seen).toEqual([...days(0, 4), ...days(28, 34)]);
    const back = await update([longer, 5], [one, 35]);
    expect(back.days).toEqual([...days(0, 4), ...days(28, 34)]);
  });

  it('and back finds what it had stored', async () => {
    const { days: seen, reports, spent } = await update([one, 5], [shorter, 8], [one, 13]);
    expect(seen).toEqual([...days(0, 4), ...days(8, 12)]);
    expect(new Set(reports.map(({ bytes }) => readTraced(bytes).serial)).size).toBe(1);
    expect(spent).toBe(costOf(one, 14));
  });

  it('as fresh reports at once, beside what the epoch had cost', async () => {
    const { days: seen, spent } = await update([one, 5], [fresh, 10], [one, 17]);
    // The period that is open at an update is lost: its value was recorded under the other declaration. The next epoch
    // does not fit what was agreed to last, beside what the fresh reports had spent: silent, never weaker.
    expect(seen).toEqual([...days(0, 4), ...days(5, 9), ...days(10, 14)]);
    expect(spent).toBe(costOf(one, 14) + 4 * 100_000);
  });
});

describe('two tabs', () => {
  it('report one answer between them, each period once', async () => {
    const installation = await agreed(one, MORNING, { seed: 'tabs' });
    const storage = memoryStorage(installation.texts);
    for (let day = 1; day < 16; day++) {
      const first = await installation.start(MORNING + day * DAY, { wrap: (platform) => ({ ...platform, storage }) });
      const second = createClient({
        registry: one,
        endpoint: 'memory://server',
        platform: { ...first.platform, closings: new Map() },
      });
      await Promise.all([second.ready, first.time.advance(2 * MINUTE)]);
      await Promise.all([second.stop(), first.client.stop()]);
    }
    const reports = reportsIn(installation.messages, one);
    expect(reports.map(({ window }) => window - FIRST)).toEqual(days(0, 14));
    expect(new Set(reports.map(({ bytes }) => readTraced(bytes).serial)).size).toBe(1);
    expect(ledgerIn(installation.texts).spent).toBe(costOf(one, 14) + costOf(one, 14));
  });
});
