import * as lGrr from '@dither/mechanisms/l-grr';
import * as lOsue from '@dither/mechanisms/l-osue';
import * as rr from '@dither/mechanisms/rr';
import {
  type Budget,
  boolean,
  category,
  chargePerWindow,
  defineRegistry,
  periodStart,
  type Registry,
} from '@dither/protocol';
import { describe, expect, it } from 'vitest';
// What a device keeps its account by: the simulator has its own, which must be the same.
import { emptyLedger } from '../../sdk/dist/budget-ledger.js';
import { latching } from '../../sdk/dist/latching.js';
import { yearOfLedger } from '../src/longitudinal/ledger.js';
import { type Drawn, dearestDraw, drawnAnew } from '../src/longitudinal/participants.js';
import { registryLedger } from '../src/longitudinal/report.js';
import { seededSources } from '../src/seeded.js';

const about = { description: 'Something', purpose: 'To test', owner: 'tests@example.org', expires: '2099-12-31' };
const values = ['red', 'green', 'blue'];

function registryOf(participation: 'all' | 'sampled', budget: Partial<Budget>): Registry {
  return defineRegistry({
    app: 'org.example.year',
    expectedClients: 100,
    participation,
    budget,
    metrics: {
      daily: boolean({ ...about, period: 1, epsilon: 0.1, mechanism: rr.client }),
      weekly: boolean({ ...about, period: 7, epsilon: 1, mechanism: rr.client }),
      also: boolean({ ...about, period: 7, epsilon: 0.3, mechanism: rr.client }),
      monthly: boolean({ ...about, period: 28, epsilon: 2.5, mechanism: rr.client }),
      state: category({
        ...about,
        period: 7,
        values,
        latch: { epsilonFirst: 0.5, epsilonInfinity: 2, epoch: 28 },
        mechanism: lGrr.client,
      }),
      system: category({
        ...about,
        period: 1,
        values,
        latch: { epsilonFirst: 0.1, epsilonInfinity: 1, epoch: 28 },
        mechanism: lOsue.client,
      }),
    },
  });
}

/** Latched once a year. */
const yearly = defineRegistry({
  app: 'org.example.year',
  expectedClients: 100,
  metrics: {
    state: category({
      ...about,
      period: 28,
      values,
      latch: { epsilonFirst: 0.5, epsilonInfinity: 4, epoch: 364 },
      mechanism: lGrr.client,
    }),
  },
});

const whole = registryOf('all', { perWindow: 40 });
const sampled = registryOf('sampled', { perWindow: 14 });

describe('the ledger of a year', () => {
  it.each<[string, Registry, number, number, (registry: Registry) => Drawn]>([
    ['all that is declared', whole, 1, 80, dearestDraw],
    ['a draw by lot', sampled, 1, 60, (registry) => drawnAnew(registry, seededSources('a draw')('draws'))],
    ['the dearest draw', sampled, 1, 33, dearestDraw],
    // As after an upgrade that people have not agreed to: windows, and not only the lifetime, refuse.
    ['less than is declared', whole, 0.7, 104, dearestDraw],
  ])('spends, day by day, what a device would spend: %s', (_, registry, part, lifetime, draw) => {
    const bound = { ...registry.bound, perWindow: part * registry.bound.perWindow, lifetime };
    const days = 250;
    const drawn = draw(registry);
    const year = yearOfLedger({ registry: { wire: registry.wire, bound }, days, drawn });
    const spent = new Map(year.days.map((day) => [day.day, day.spent]));

    const ledger = emptyLedger();
    const agreement = { ...bound, charges: {} };
    let firstRefusal: number | null = null;
    let last = 0;
    for (let today = 0; today < days; today++) {
      ledger.highWater = today + 1;
      for (const metric of registry.wire) {
        const start = today + 1 - metric.period;
        if (start < 0 || start % metric.period !== 0) continue;
        if (!drawn(periodStart(start, bound.windowDays)).has(metric.id)) continue;
        const refused = latching.debit(ledger, metric as never, start, agreement);
        if (refused !== undefined) firstRefusal ??= today;
      }
      last = spent.get(today) ?? last;
      expect(last).toBeCloseTo(ledger.spent / 1e6, 9);
    }
    expect(year.firstRefusal).toBe(firstRefusal);
    expect(year.firstRefusal).not.toBeNull();
    for (const { id, spent: own } of year.metrics) {
      expect(year.days.reduce((sum, { charged }) => sum + (charged[id] ?? 0), 0)).toBeCloseTo(own, 9);
    }
    for (const { id, spent: own } of year.metrics) expect(own).toBeCloseTo((ledger.metrics[id]?.spent ?? 0) / 1e6, 9);
  });

  it('fills a budget window as far as the bound says, and never further', () => {
    // What is read in a window of the second is far more than what is sent in it.
    for (const { bound, wire, classes } of [whole, yearly]) {
      const drawn = dearestDraw({ ...whole, classes });
      const year = yearOfLedger({ registry: { wire, bound: { ...bound, lifetime: 1e6 } }, days: 365, drawn });
      expect(year.mostInWindow).toBeCloseTo(bound.perWindow, 9);
      expect(bound.perWindow).toBeCloseTo(wire.reduce((sum, metric) => sum + chargePerWindow(metric, 28), 0) / 1e6, 9);
      expect(year.firstRefusal).toBeNull();
      expect(year.silentFrom).toBeNull();
    }
  });

  it('reports each metric as often as its period ends', () => {
    const year = yearOfLedger({
      registry: { ...whole, bound: { ...whole.bound, lifetime: 1e6 } },
      days: 365,
      drawn: dearestDraw(whole),
    });
    const reports = Object.fromEntries(year.metrics.map((metric) => [metric.id, metric.reports]));
    expect(reports).toEqual({ daily: 365, weekly: 52, also: 52, monthly: 13, state: 52, system: 365 });
  });

  it('never exceeds its caps, whatever is drawn, and is silent once nothing fits', () => {
    for (const seed of ['a', 'b', 'c']) {
      const year = yearOfLedger({
        registry: { wire: sampled.wire, bound: { ...sampled.bound, lifetime: 30 } },
        days: 400,
        drawn: drawnAnew(sampled, seededSources(seed)('draws')),
      });
      expect(year.mostInWindow).toBeLessThanOrEqual(sampled.bound.perWindow + 1e-9);
      expect(year.spent).toBeLessThanOrEqual(30);
      expect(year.silentFrom).toBeGreaterThan(year.firstRefusal as number);
      expect(year.days.at(-1)?.day).toBeLessThan(year.silentFrom as number);
    }
  });

  it('takes the metrics that fill the caps best for the worst draw', () => {
    const ids = dearestDraw(sampled)(0);
    for (const { cap, metrics } of sampled.classes) {
      const charges = metrics.map((metric) => [metric.id, chargePerWindow(metric, 28)] as const);
      const subsets = Array.from({ length: 2 ** charges.length }, (_, set) =>
        charges.reduce((sum, [, charge], i) => sum + (Math.floor(set / 2 ** i) % 2) * charge, 0),
      );
      const taken = charges.reduce((sum, [id, charge]) => sum + (ids.has(id) ? charge : 0), 0);
      expect(taken).toBe(Math.max(...subsets.filter((sum) => sum <= cap)));
    }
  });

  it('says beyond the year when an installation falls silent', () => {
    const { worst, drawn, composition } = registryLedger(whole, seededSources('x'), 100);
    expect(worst).toEqual(drawn);
    expect(worst.days.at(-1)?.day).toBeLessThan(100);
    expect(worst.firstRefusal).toBeGreaterThan(200);
    expect(worst.silentFrom).toBeGreaterThanOrEqual(worst.firstRefusal as number);
    expect(composition.map(({ label, count }) => [label, count])).toEqual([
      ['also', 14],
      ['daily', 100],
      ['monthly', 3],
      ['state', 3],
      ['system', 3],
      ['weekly', 14],
    ]);
  });
});
