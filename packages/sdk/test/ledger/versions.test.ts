import { boolean, category, count, createClient, type DeclaredRegistry, defineRegistry } from '@dither/sdk';
import { grr, oneBitMean, rr } from '@dither/sdk/mechanisms';
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
  recordUntyped,
} from '../support/installation.js';
import { look } from '../support/look.js';
import { keysOf, reportsIn } from '../support/receiver.js';
import { about, twoDaily } from '../support/registry.js';

const app = 'org.example.two';
const crash = boolean({ ...about, mechanism: rr, epsilon: 0.25 });
const clicks = count({ ...about, mechanism: oneBitMean, epsilon: 0.25, clamp: 20 });

/** Versions of the app whose first is `twoDaily`. */
const dearer = defineRegistry({
  app,
  expectedClients: 1000,
  budget: { perWindow: 28, lifetime: 200 },
  metrics: { crash: boolean({ ...about, mechanism: rr, epsilon: 0.5 }), clicks, extra: crash },
});
const cheaper = defineRegistry({
  app,
  expectedClients: 1000,
  budget: { perWindow: 7, lifetime: 50 },
  metrics: { crash },
});
const shorterWindow = (days: number): DeclaredRegistry =>
  defineRegistry({
    app,
    expectedClients: 1000,
    budget: { perWindow: 8, windowDays: days, lifetime: 100 },
    metrics: { crash: boolean({ ...about, period: 28, mechanism: rr, epsilon: days === 56 ? 1 : 2 }) },
  });

/** Opens the app once a day, with the version given for it, for long enough to send what is late. */
async function live(installation: AnyInstallation, days: readonly [from: number, to: number]): Promise<void> {
  for (let day = days[0]; day < days[1]; day++) {
    const { client, time } = await installation.start(MORNING + day * DAY);
    recordUntyped(client, 'crash');
    await time.advance(2 * MINUTE);
    await client.stop();
  }
}

/** The same installation, updated. */
function updated({ texts, receiver }: AnyInstallation, registry: DeclaredRegistry): AnyInstallation {
  return install(registry, { seed: 'updated', texts, receiver });
}

describe('an update that costs more', () => {
  it('spends nothing above what was agreed until the person agrees again', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'dearer' });
    await live(installation, [1, 4]);
    const newer = updated(installation, dearer);
    await live(newer, [4, 12]);
    const before = reportsIn(newer.messages, twoDaily, dearer);
    // Clicks are as they were; the dearer crash and the new metric are silent.
    expect(new Set(before.filter(({ window }) => window >= 20_444).map(({ metric }) => metric))).toEqual(
      new Set(['clicks']),
    );
    const { client } = await newer.start(MORNING + 12 * DAY);
    await client.consent.grant();
    await client.stop();
    await live(newer, [13, 16]);
    const after = reportsIn(newer.messages, twoDaily, dearer).filter(({ window }) => window >= 20_452);
    expect(new Set(after.map(({ metric }) => metric))).toEqual(new Set(['clicks', 'crash', 'extra']));
  });

  it('says why what is recorded for it is dropped', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'not-agreed' });
    const { client, time } = await updated(installation, dearer).start(MORNING + DAY);
    recordUntyped(client, 'extra');
    await time.advance(2000);
    expect((await look(client)).drops).toEqual({ 'not-agreed': 1 });
    expect((await look(client)).reporting).toEqual(['clicks']);
  });

  it('is not let through by a budget window of another length', async () => {
    // One epsilon per four weeks agreed, as two per eight weeks; then two per four weeks: the same number per window.
    const installation = await agreed(shorterWindow(56), MORNING, { seed: 'windows' });
    await live(installation, [1, 30]);
    const spent = ledgerIn(installation.texts).spent;
    expect(spent).toBe(1_000_000);
    const newer = updated(installation, shorterWindow(28));
    await live(newer, [30, 120]);
    expect(ledgerIn(newer.texts).spent).toBe(spent);
  });

  it('closes nothing that a later consent to the older version no longer covers', async () => {
    const newer = await agreed(dearer, MORNING, { seed: 'narrower' });
    const older = await updated(newer, twoDaily).start(MORNING + HOUR);
    await older.client.consent.grant();
    await older.client.stop();
    const { client, time } = await newer.start(MORNING + DAY);
    await time.advance(7 * HOUR);
    expect((await look(client)).drops).toEqual({ 'not-agreed': 2 });
    expect(keysOf(reportsIn(newer.messages, dearer))).toEqual(['clicks@20440']);
    expect(ledgerIn(newer.texts).spent).toBe(250_000);
  });

  it('inherits what the metric had spent, under whatever fingerprint', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'inherits' });
    await live(installation, [1, 21]);
    const newer = updated(installation, dearer);
    const { client } = await newer.start(MORNING + 21 * DAY);
    await client.consent.grant();
    const { spent } = await look(client);
    // The last day's crash was recorded under the old declaration: it is not reported, and not charged.
    expect(spent.byMetric['crash']).toEqual({ inWindow: 20 * 0.25, inLifetime: 20 * 0.25 });
    expect(spent.byMetric['clicks']).toEqual({ inWindow: 21 * 0.25, inLifetime: 21 * 0.25 });
    expect(spent.inWindow).toBe(41 * 0.25);
  });
});

describe('a later consent to a longer budget window', () => {
  it('finds in it what was spent under the shorter one', async () => {
    const of = (windowDays: number, perWindow: number, epsilon: number) =>
      defineRegistry({
        app,
        expectedClients: 1000,
        budget: { perWindow, windowDays, lifetime: 1000 },
        metrics: { crash: boolean({ ...about, period: 28, mechanism: rr, epsilon }) },
      });
    const first = await agreed(of(28, 4, 4), MORNING, { seed: 'longer' });
    for (const day of [28, 56, 84]) await (await first.start(MORNING + day * DAY)).client.stop();
    expect(ledgerIn(first.texts).spent).toBe(12_000_000);
    const longer = updated(first, of(112, 12, 3));
    const { client } = await longer.start(MORNING + 85 * DAY);
    await client.consent.grant();
    await client.stop();
    const fourth = await longer.start(MORNING + 112 * DAY);
    const { drops, spent } = await look(fourth.client);
    expect(drops).toEqual({ 'budget-exhausted': 1 });
    expect(spent.inWindow).toBe(12);
  });
});

describe('two versions side by side', () => {
  it('spend no more than the lower cap', async () => {
    const installation = install(dearer, { seed: 'side-by-side' });
    const storage = memoryStorage(installation.texts);
    for (let day = 0; day < 40; day++) {
      const newer = await installation.start(MORNING + day * DAY, { wrap: (platform) => ({ ...platform, storage }) });
      if (day === 0) await newer.client.consent.grant();
      // The other tab runs by the same clock.
      const older = createClient({ registry: cheaper, endpoint: 'memory://server', platform: newer.platform });
      await older.ready;
      await newer.time.advance(7 * HOUR);
      await Promise.all([older.stop(), newer.client.stop()]);
    }
    const charges = reportsIn(installation.messages, dearer, cheaper);
    const inWindow = charges.filter(({ window }) => window >= 20_445 && window < 20_473);
    expect(charges.length).toBeGreaterThan(20);
    expect(inWindow.reduce((sum, { microEpsilon }) => sum + microEpsilon, 0)).toBeLessThanOrEqual(7_000_000);
    expect(new Set(keysOf(charges)).size).toBe(charges.length);
  });
});

describe('an update that declares a metric otherwise', () => {
  const wide = defineRegistry({
    app,
    expectedClients: 1000,
    metrics: {
      theme: category({ ...about, period: 7, mechanism: grr, values: ['a', 'b', 'c', 'd', 'e'] }),
      crash: boolean({ ...about, period: 28, mechanism: rr }),
    },
  });
  const narrow = defineRegistry({
    app,
    expectedClients: 1000,
    metrics: {
      theme: category({ ...about, period: 7, mechanism: grr, values: ['e', 'd'] }),
      crash: boolean({ ...about, period: 28, mechanism: rr }),
    },
  });

  it('never reads the old values as its own, and reports the rest whatever they were', async () => {
    const messagesOf = async (theme: 'a' | 'e' | undefined) => {
      const installation = await agreed(wide, MORNING, { seed: 'narrow' });
      const { client } = await installation.start(MORNING + HOUR);
      if (theme !== undefined) client.record('theme', theme);
      await client.stop();
      const newer = updated(installation, narrow);
      for (const day of [28, 29]) {
        const run = await newer.start(MORNING + day * DAY);
        await run.time.advance(7 * HOUR);
        expect((await look(run.client)).drops).toEqual({});
        await run.client.stop();
      }
      return newer.messages.map(({ at, bytes }) => [at, bytes.length]);
    };
    const without = await messagesOf(undefined);
    expect(without).toHaveLength(1);
    expect(await messagesOf('a')).toEqual(without);
    // In the newer version index 4 would be out of range.
    expect(await messagesOf('e')).toEqual(without);
  });
});
