import {
  chargePerWindow,
  drawMetrics,
  drawParticipation,
  type ParticipationClass,
  type Period,
  participationClasses,
} from '@dither/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inclusionShares } from '../src/cli/inclusion.js';
import { seeded } from './seeded.js';

type Charged = ParticipationClass['metrics'][number];

const charged = (id: string, period: Period, microEpsilon: number): Charged => ({
  id,
  period,
  microEpoch: [microEpsilon],
});

const metrics: fc.Arbitrary<readonly Charged[]> = fc
  .array(
    fc.record({
      period: fc.constantFrom<Period>(1, 7, 28),
      microEpoch: fc
        .oneof(fc.integer({ min: 1, max: 4_000_000 }), fc.constantFrom(250_000, 1_000_000))
        .map((micro) => [micro]),
    }),
    { minLength: 1, maxLength: 15 },
  )
  .map((list) => list.map((metric, i) => ({ id: `m${i}`, ...metric })));

/** A list of metrics and a budget that starves no period. */
const declared = fc
  .record({
    metrics,
    windowDays: fc.constantFrom(28, 56, 84),
    slack: fc.double({ min: 0, max: 1, noNaN: true }),
    seed: fc.integer(),
  })
  .map(({ slack, ...rest }) => {
    const charges = rest.metrics.map((metric) => ({ ...metric, charge: chargePerWindow(metric, rest.windowDays) }));
    const least = [1, 7, 28]
      .map((period) => Math.max(0, ...charges.filter((m) => m.period === period).map((m) => m.charge)))
      .reduce((sum, charge) => sum + charge, 0);
    const most = charges.reduce((sum, { charge }) => sum + charge, 0);
    return { ...rest, budget: Math.floor(least + slack * (most - least)) };
  });

/** The largest sum of charges in any `windowDays` days on end, over budget windows drawn one after the other. */
function worstRollingWindow(
  all: readonly Charged[],
  draws: readonly (readonly string[])[],
  windowDays: number,
): number {
  const spent = new Float64Array(draws.length * windowDays);
  draws.forEach((drawn, window) => {
    for (const { id, period, microEpoch } of all) {
      if (!drawn.includes(id)) continue;
      // A charge is dated by the last day of its period.
      for (let day = period - 1; day < windowDays; day += period) {
        spent[window * windowDays + day] = (spent[window * windowDays + day] as number) + (microEpoch[0] as number);
      }
    }
  });
  let sum = 0;
  let worst = 0;
  spent.forEach((charge, day) => {
    sum += charge - (day < windowDays ? 0 : (spent[day - windowDays] as number));
    worst = Math.max(worst, sum);
  });
  return worst;
}

const drawMany = (classes: readonly ParticipationClass[], windowDays: number, seed: number, n: number) => {
  const source = seeded(seed);
  return Array.from({ length: n }, () => drawParticipation(classes, windowDays, source));
};

describe('sampled participation', () => {
  it('gives every period a share, and all shares fit the budget', () => {
    fc.assert(
      fc.property(declared, ({ metrics: all, budget, windowDays }) => {
        const classes = participationClasses(all, budget, windowDays);
        expect(classes.flatMap((c) => c.metrics)).toHaveLength(all.length);
        expect(classes.reduce((sum, c) => sum + c.cap, 0)).toBeLessThanOrEqual(budget);
        for (const { cap, metrics: members } of classes) {
          for (const metric of members) expect(chargePerWindow(metric, windowDays)).toBeLessThanOrEqual(cap);
        }
      }),
    );
  });

  it('draws what fits, and never leaves out what would still fit', () => {
    fc.assert(
      fc.property(declared, ({ metrics: all, budget, windowDays, seed }) => {
        const classes = participationClasses(all, budget, windowDays);
        const drawn = drawParticipation(classes, windowDays, seeded(seed));
        expect(new Set(drawn).size).toBe(drawn.length);
        for (const { cap, metrics: members } of classes) {
          const charges = members.map((metric) => ({ id: metric.id, charge: chargePerWindow(metric, windowDays) }));
          const spent = charges.filter(({ id }) => drawn.includes(id)).reduce((sum, { charge }) => sum + charge, 0);
          expect(spent).toBeLessThanOrEqual(cap);
          for (const { id, charge } of charges) {
            if (!drawn.includes(id)) expect(spent + charge).toBeGreaterThan(cap);
          }
        }
      }),
    );
  });

  it('draws the same from what a resolved registry holds of it', () => {
    fc.assert(
      fc.property(declared, ({ metrics: all, budget, windowDays, seed }) => {
        const classes = participationClasses(all, budget, windowDays);
        const resolved = classes.map(({ cap, metrics: members }) => ({
          cap,
          metrics: members.map((metric) => [metric.id, chargePerWindow(metric, windowDays)] as const),
        }));
        const [drawn, again] = [seeded(seed), seeded(seed)];
        expect(drawMetrics(resolved, again)).toEqual(drawParticipation(classes, windowDays, drawn));
        expect(again.next()).toBe(drawn.next());
      }),
    );
  });

  it('keeps the budget in any days on end, whatever was drawn window after window', () => {
    fc.assert(
      fc.property(declared, ({ metrics: all, budget, windowDays, seed }) => {
        const draws = drawMany(participationClasses(all, budget, windowDays), windowDays, seed, 5);
        expect(worstRollingWindow(all, draws, windowDays)).toBeLessThanOrEqual(budget);
      }),
      { numRuns: 1000 },
    );
  });

  it('would break it without a share for each period: 15.71 in 28 days where 8 was promised', () => {
    const rare = charged('rare', 28, 8_000_000);
    const daily = charged('daily', 1, Math.floor(8_000_000 / 28));
    const naive = [{ period: 28, cap: 8_000_000, metrics: [rare, daily] }];
    const draws = drawMany(naive, 28, 1, 50);
    expect(new Set(draws.map(String))).toEqual(new Set(['rare', 'daily']));
    expect(worstRollingWindow([rare, daily], draws, 28)).toBe(8_000_000 + 27 * 285_714);
    // With shares the two together are refused: each alone takes the whole budget.
    expect(participationClasses([rare, daily], 8_000_000, 28).map((c) => c.cap)).toContain(0);
  });

  it('would break it without shares for most registries that must sample, by up to twice the budget', () => {
    const ratios: number[] = [];
    const cases = fc.sample(declared, { numRuns: 300, seed: 7 });
    for (const { metrics: all, budget, windowDays, seed } of cases) {
      const total = all.reduce((sum, metric) => sum + chargePerWindow(metric, windowDays), 0);
      if (new Set(all.map((metric) => metric.period)).size < 2 || total <= budget) continue;
      const naive = [{ period: 28, cap: budget, metrics: all }];
      ratios.push(worstRollingWindow(all, drawMany(naive, windowDays, seed, 20), windowDays) / budget);
    }
    expect(ratios.length).toBeGreaterThan(100);
    expect(ratios.filter((ratio) => ratio > 1).length).toBeGreaterThan(ratios.length / 2);
    expect(Math.max(...ratios)).toBeLessThanOrEqual(2);
  });

  it('draws each of equally dear metrics equally often', () => {
    // 12 metrics, 3 drawn: the chance is 1/4. 12 two-sided binomial tests at alpha 1e-6 in all: |z| below 5.4.
    const all = Array.from({ length: 12 }, (_, i) => charged(`m${i}`, 28, 1_000_000));
    const n = 20_000;
    const draws = drawMany(participationClasses(all, 3_000_000, 28), 28, 3, n);
    expect(draws.every((drawn) => drawn.length === 3)).toBe(true);
    const standardError = Math.sqrt(n * 0.25 * 0.75);
    for (const { id } of all) {
      const times = draws.filter((drawn) => drawn.includes(id)).length;
      expect(Math.abs(times - n / 4) / standardError).toBeLessThan(5.4);
    }
  });

  it('draws independently of the window before', () => {
    // Two metrics, one drawn: the pairs of successive draws are equal half of the time. alpha 1e-6: |z| below 4.9.
    const all = ['a', 'b'].map((id) => charged(id, 28, 1_000_000));
    const draws = drawMany(participationClasses(all, 1_000_000, 28), 28, 4, 20_001).map(String);
    const same = draws.slice(1).filter((drawn, i) => drawn === draws[i]).length;
    expect(Math.abs(same - 10_000) / Math.sqrt(5000)).toBeLessThan(4.9);
  });
});

/** Never falling. What a further report adds grows ever smaller for `rappor`, and may be more than the first for `l-grr`. */
const latchedMetrics: fc.Arbitrary<readonly Charged[]> = fc
  .array(
    fc
      .record({
        period: fc.constantFrom<Period>(1, 7, 28),
        steps: fc.array(fc.integer({ min: 1, max: 90_000 }), { minLength: 2, maxLength: 9 }),
      })
      .map(({ period, steps }) => {
        let sum = 0;
        const microEpoch = steps.map((step) => {
          sum += step;
          return sum;
        });
        return { period, microEpoch };
      }),
    { minLength: 1, maxLength: 4 },
  )
  .map((list) => list.map((metric, i) => ({ id: `latched${i}`, ...metric })));

/** What the reports of `days` whole days from `from` on cost, epoch by epoch; every period is reported. */
function chargeOf({ period, microEpoch }: Charged, from: number, days: number): number {
  const reports = new Map<number, number>();
  for (let day = from; day < from + days; day++) {
    // The last day of a period dates its report.
    if ((day + 1) % period !== 0) continue;
    const epoch = Math.floor(day / (period * microEpoch.length));
    reports.set(epoch, (reports.get(epoch) ?? 0) + 1);
  }
  return [...reports.values()].reduce((sum, count) => sum + (microEpoch[count - 1] as number), 0);
}

describe('a latched metric', () => {
  it('charges a budget window the most that is read in it, or sent in any days on end', () => {
    fc.assert(
      fc.property(latchedMetrics, fc.constantFrom(28, 56, 84), ([metric], windowDays) => {
        const { period, microEpoch } = metric as Charged;
        const starts = Array.from({ length: period * microEpoch.length }, (_, day) => day);
        const worst = Math.max(...starts.map((from) => chargeOf(metric as Charged, from, windowDays)));
        const epochs = Math.ceil(windowDays / (period * microEpoch.length));
        const read = epochs * (microEpoch.at(-1) as number);
        expect(chargePerWindow(metric as Charged, windowDays)).toBe(Math.max(worst, read));
      }),
    );
  });

  it('is a class of its own, which is drawn whole or refused', () => {
    fc.assert(
      fc.property(metrics, latchedMetrics, fc.integer(), (fresh, latched, seed) => {
        const all = [...fresh, ...latched];
        const budget = all.reduce((sum, metric) => sum + chargePerWindow(metric, 28), 0) / 2;
        const classes = participationClasses(all, budget, 28);
        expect(classes.reduce((sum, { cap }) => sum + cap, 0)).toBeLessThanOrEqual(budget);
        const drawn = drawParticipation(classes, 28, seeded(seed));
        for (const metric of latched) {
          const own = classes.find((c) => c.metrics.includes(metric));
          expect(own?.metrics).toEqual([metric]);
          expect([0, chargePerWindow(metric, 28)]).toContain(own?.cap);
          expect(drawn.includes(metric.id)).toBe(own?.cap !== 0);
        }
      }),
    );
  });
});

describe('the share of installations that draw a metric', () => {
  it('is exact for equally dear metrics', () => {
    const all = ['a', 'b', 'c'].map((id) => charged(id, 7, 500_000));
    expect([...inclusionShares({ period: 7, cap: 4_000_000, metrics: all }, 28).values()]).toEqual([
      2 / 3,
      2 / 3,
      2 / 3,
    ]);
  });

  it('agrees with every order counted once, where metrics differ', () => {
    const charges = [4, 2, 2, 1, 3].map((x) => x * 1_000_000);
    const all = charges.map((microEpsilon, i) => charged(`m${i}`, 28, microEpsilon));
    const orders = permutations([0, 1, 2, 3, 4]);
    const exact = all.map(
      (_, metric) => orders.filter((order) => taken(order, charges, 5_000_000).includes(metric)).length / orders.length,
    );
    const shares = inclusionShares({ period: 28, cap: 5_000_000, metrics: all }, 28);
    // 20,000 draws over a fixed stream; 5 comparisons at alpha 1e-6 in all: |z| below 5.2.
    exact.forEach((share, i) => {
      const standardError = Math.sqrt((share * (1 - share)) / 20_000);
      expect(Math.abs((shares.get(`m${i}`) as number) - share) / standardError).toBeLessThan(5.2);
    });
  });
});

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}

function taken(order: readonly number[], charges: readonly number[], cap: number): number[] {
  let left = cap;
  return order.filter((metric) => {
    const charge = charges[metric] as number;
    if (charge > left) return false;
    left -= charge;
    return true;
  });
}
