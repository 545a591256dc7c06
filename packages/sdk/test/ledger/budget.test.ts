import type { Metric } from '@dither/protocol';
import { boolean, defineRegistry, type Registry } from '@dither/sdk';
import { rr } from '@dither/sdk/mechanisms';
import { describe, expect, it } from 'vitest';
import { type Ledger, parseLedger } from '../../src/budget-ledger.js';
import { type Agreement, agreementTo } from '../../src/consent.js';
import { type AnyInstallation, agreed, DAY, ledgerIn, MINUTE, MORNING } from '../support/installation.js';
import { debit, EMPTY_LEDGER } from '../support/ledger.js';
import { look } from '../support/look.js';
import { broken } from '../support/promises.js';
import { keysOf, reportsIn } from '../support/receiver.js';
import { about, twoDaily } from '../support/registry.js';

const [clicks, crash] = twoDaily.wire as unknown as readonly [Metric, Metric];
const plenty: Agreement = { perWindow: 1e6, windowDays: 28, lifetime: 1e6, charges: {} };

/** A ledger whose day is `day`, after debits of the metrics for one-day periods. */
function debited(agreement: Agreement, ...debits: readonly (readonly [metric: Metric, day: number])[]) {
  let ledger: Ledger = EMPTY_LEDGER;
  const refused: (string | undefined)[] = [];
  for (const [metric, day] of debits) {
    const result = debit({ ...ledger, highWater: Math.max(ledger.highWater, day + 1) }, metric, day, agreement);
    ledger = result.ledger;
    refused.push('refused' in result ? result.refused : undefined);
  }
  return { ledger, refused };
}

describe('the budget of a rolling window', () => {
  it('is refused on the day it would be passed, and free again once the first charge is 28 days old', () => {
    const agreement = { ...plenty, perWindow: 0.5 };
    const { ledger, refused } = debited(
      agreement,
      [crash, 100],
      [crash, 101],
      [crash, 127],
      [crash, 128],
      [crash, 129],
    );
    expect(refused).toEqual([undefined, undefined, 'budget-exhausted', undefined, undefined]);
    expect(ledger.spent).toBe(1_000_000);
  });

  it('holds for windows that end after the day charged, too: a late close of an early period', () => {
    const agreement = { ...plenty, perWindow: 0.5 };
    const { refused } = debited(agreement, [crash, 120], [crash, 127], [clicks, 101], [clicks, 95], [clicks, 99]);
    // 101 lies within 28 days of 120 and 127; 95 of 120 alone, in windows that hold no more than two.
    expect(refused).toEqual([undefined, undefined, 'budget-exhausted', undefined, 'budget-exhausted']);
  });

  it('remembers every charge that the oldest period still reported can share a window with', () => {
    const today = 1000;
    // The oldest reported period ended 28 days ago, on the day before; its window reaches 27 days further back.
    const oldest = today - 29;
    for (const [day, refused] of [
      [oldest - 28, undefined],
      [oldest - 27, 'budget-exhausted'],
    ] as const) {
      const before = debited(plenty, [crash, day]).ledger;
      const { ledger } = debit({ ...before, highWater: today }, clicks, today, plenty);
      const late = debit(ledger, crash, oldest, { ...plenty, perWindow: 0.25 });
      expect('refused' in late ? late.refused : undefined).toBe(refused);
    }
  });

  it('forgets older charges, and never what was spent in all', () => {
    const days = Array.from({ length: 800 }, (_, i) => [crash, 100 + i] as const);
    const { ledger } = debited(plenty, ...days);
    expect(ledger.charges.length).toBeLessThan(400);
    expect(ledger.spent).toBe(800 * 250_000);
    expect(ledger.metrics['crash']).toEqual({ closed: 899, spent: 800 * 250_000 });
  });

  it('is spent to the last millionth, also where a double cannot hold the cap', () => {
    // 8.2 times a million is 8199999.999999999 in doubles.
    const full = { ...EMPTY_LEDGER, spent: 7_950_000, highWater: 101 };
    const agreement = { ...plenty, perWindow: 8.2, lifetime: 8.2 };
    expect(debit(full, crash, 100, agreement)).not.toHaveProperty('refused');
    expect(debit({ ...full, spent: 7_950_001 }, crash, 100, agreement)).toMatchObject({
      refused: 'lifetime-exhausted',
    });
  });
});

/** Days `from` to `to` of an app that is opened once a day, for long enough to send. */
async function liveDays(registry: Registry, installation: AnyInstallation, from: number, to: number) {
  let drops = {};
  for (let day = from; day < to; day++) {
    const { client, time } = await installation.start(MORNING + day * DAY);
    await time.advance(2 * MINUTE);
    ({ drops } = await look(client));
    await client.stop();
  }
  return { drops, reports: reportsIn(installation.messages, registry) };
}

describe('the lifetime', () => {
  const short = defineRegistry({
    app: 'org.example.short',
    expectedClients: 10,
    budget: { perWindow: 14, lifetime: 2.1 },
    metrics: {
      crash: boolean({ ...about, mechanism: rr, epsilon: 0.25 }),
      clicks: boolean({ ...about, mechanism: rr, epsilon: 0.25 }),
    },
  });

  it('ends in silence, not in weaker reports', async () => {
    const installation = await agreed(short, MORNING, { seed: 'lifetime' });
    const { reports, drops } = await liveDays(short, installation, 1, 9);
    // Four days of two quarters; a tenth is left over.
    expect(keysOf(reports)).toEqual([0, 1, 2, 3].flatMap((day) => [`clicks@${20_440 + day}`, `crash@${20_440 + day}`]));
    expect(ledgerIn(installation.texts).spent).toBe(2_000_000);
    expect(drops).toEqual({ 'lifetime-exhausted': 2 });
    expect(broken(installation.messages, [short], { perWindow: 14e6, windowDays: 28, lifetime: 2.1e6 }, 2e6)).toEqual(
      [],
    );
  });

  it('does not begin again after a withdrawal and a new consent', async () => {
    const installation = await agreed(short, MORNING, { seed: 'again' });
    await liveDays(short, installation, 1, 4);
    const { client } = await installation.start(MORNING + 4 * DAY);
    await client.consent.withdraw();
    await client.consent.grant();
    await client.stop();
    const { reports } = await liveDays(short, installation, 5, 20);
    expect(reports.length).toBeLessThanOrEqual(8);
    expect(ledgerIn(installation.texts).spent).toBe(2_000_000);
  });
});

describe('a ledger that cannot be read', () => {
  const unreadable = ['', 'null', '[]', '{"version":2}', '{"version":1,"highWater":1}', '{"version":1'];

  it.each([
    ...unreadable,
    JSON.stringify({ ...EMPTY_LEDGER, spent: -1 }),
    JSON.stringify({ ...EMPTY_LEDGER, spent: 0.5 }),
    JSON.stringify({ ...EMPTY_LEDGER, charges: [[1, 'crash', -5]] }),
    JSON.stringify({ ...EMPTY_LEDGER, metrics: null }),
  ])('is refused: %s', (text) => {
    expect(() => parseLedger(text)).toThrow();
  });

  it('lets nothing be spent, and is left as it is', async () => {
    const installation = await agreed(twoDaily, MORNING, { seed: 'unreadable' });
    const { client } = await installation.start(MORNING + MINUTE);
    client.record('crash');
    await client.stop();
    for (const text of unreadable) {
      installation.texts.set('ledger', text);
      const { client: later, time } = await installation.start(MORNING + DAY);
      later.record('crash');
      await later.consent.grant();
      await time.advance(DAY);
      await later.stop();
      expect(installation.texts.get('ledger')).toBe(text);
    }
    expect(installation.messages).toEqual([]);
    expect(agreementTo(twoDaily)).toMatchObject({ perWindow: 14, windowDays: 28, lifetime: 100 });
  });
});
