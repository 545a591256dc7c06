import { catalogue } from '@dither/mechanisms/catalogue';
import * as grr from '@dither/mechanisms/grr';
import * as lGrr from '@dither/mechanisms/l-grr';
import * as oneBitMean from '@dither/mechanisms/one-bit-mean';
import * as oneTimeRappor from '@dither/mechanisms/one-time-rappor';
import * as oue from '@dither/mechanisms/oue';
import * as rappor from '@dither/mechanisms/rappor';
import * as rr from '@dither/mechanisms/rr';
import {
  boolean,
  category,
  count,
  policy,
  quantity,
  RegistryError,
  type RegistryErrorCode,
  registryFromJson,
  registryToJson,
  text,
  timing,
} from '@dither/protocol';
import { describe, expect, it } from 'vitest';
import { about, registryOf, theme, yesNo } from './declare.js';

function thrownBy(action: () => unknown): RegistryError {
  try {
    action();
  } catch (error) {
    if (error instanceof RegistryError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** What a JavaScript caller could pass. */
const as = <T>(value: unknown): T => value as T;

const many = (n: number) =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`m${i}`, { ...yesNo, epsilon: 0.01 }]));
const latch = { epsilonFirst: 0.5, epsilonInfinity: 2, epoch: 56 };
const latched = { ...about, mechanism: rappor.client, latch };
const latchedList = { ...about, values: ['a'], mechanism: lGrr.client, latch };
const exported = registryToJson(registryOf({ theme })) as { metrics: { theme: object } };
const twoStages = registryToJson(registryOf({ m: category(latchedList) })) as { metrics: { m: object } };
const huge = {
  ...oue.client,
  params: (o: Parameters<typeof oue.params>[0]) => ({ ...oue.params(o), reportBytes: 7169 }),
};

const declarations: { readonly [code in RegistryErrorCode]: readonly (() => unknown)[] } = {
  'app-invalid': ['', 'Has Capitals', '-x', 'a'.repeat(101)].map((app) => () => registryOf({ m: yesNo }, { app })),
  'id-invalid': ['', 'Upper', '1st', 'a_b', 'a'.repeat(65), '__proto__', 'constructor'].map(
    (id) => () => registryOf(Object.fromEntries([[id, yesNo]])),
  ),
  'text-missing': [
    () => registryOf({ m: { ...yesNo, description: ' ' } }),
    () => registryOf({ m: { ...yesNo, purpose: '' } }),
    () => registryOf({ m: { ...yesNo, owner: 'x'.repeat(501) } }),
  ],
  'period-invalid': [0, 2, 14, 28.5].map((period) => () => registryOf({ m: { ...yesNo, period: as<7>(period) } })),
  'aggregate-invalid': [
    () => category({ ...about, values: ['a'], mechanism: grr.client, aggregate: as<'last'>('max') }),
    () => timing({ ...about, range: [1, 9], buckets: 2, mechanism: grr.client, aggregate: as<'last'>('sum') }),
    () => text({ ...about, mechanism: oneTimeRappor.client, aggregate: as<'last'>('any') }),
  ],
  'epsilon-invalid': [
    ...[0, -1, Number.NaN, 0.000_000_1, 1.234_567_8].map((epsilon) => () => registryOf({ m: { ...yesNo, epsilon } })),
    () => registryOf({ m: category({ ...latchedList, latch: { ...latch, epsilonInfinity: 0.5 } }) }),
  ],
  'epsilon-needs-reason': [
    () => registryOf({ m: { ...yesNo, epsilon: 4.1 } }),
    () => registryOf({ m: { ...yesNo, epsilon: 4.1, reason: '  ' } }),
    () => registryOf({ m: text({ ...latched, latch: { ...latch, epsilonInfinity: 4.1 } }) }),
  ],
  'epsilon-too-large': [
    () => registryOf({ m: text({ ...latched, latch: { ...latch, epsilonInfinity: 16 }, reason: 'so' }) }),
    () => registryOf({ m: { ...yesNo, epsilon: 10.1, reason: 'we want to' } }),
  ],
  'mechanism-unfit': [
    () => boolean({ ...about, mechanism: oue.client }),
    () => category({ ...about, values: ['a'], mechanism: rr.client }),
    () => count({ ...about, clamp: 3, mechanism: grr.client }),
    () => timing({ ...about, range: [1, 9], buckets: 3, mechanism: oneBitMean.client }),
    () => text({ ...about, mechanism: as<typeof oneTimeRappor.client>(grr.client) }),
    () => boolean({ ...about, mechanism: as<typeof rr.client>(lGrr.client) }),
    () => registryOf({ m: text({ ...about, mechanism: oneTimeRappor.client, bits: 1 }) }),
    () => registryFromJson(exported, new Map()),
  ],
  'latch-invalid': [
    () => text({ ...about, mechanism: as<typeof oneTimeRappor.client>(rappor.client) }),
    () => text({ ...about, mechanism: as<typeof rappor.client>(oneTimeRappor.client), latch }),
    () => text(as<typeof latched>({ ...latched, epsilon: 1 })),
    ...[28, 42, 0, Number.NaN].map((epoch) => () => text({ ...latched, latch: { ...latch, epoch } })),
    () => category({ ...about, values: ['a'], mechanism: as<typeof grr.client>(lGrr.client) }),
    () => category({ ...about, values: ['a'], mechanism: as<typeof lGrr.client>(grr.client), latch }),
    () => category(as<typeof latchedList>({ ...latchedList, epsilon: 1 })),
    () => timing({ ...about, range: [1, 9], buckets: 2, mechanism: lGrr.client, latch: { ...latch, epoch: 28 } }),
    () => registryFromJson({ ...twoStages, metrics: { m: { ...twoStages.metrics.m, latch: null } } }, catalogue),
    () => registryOf({ a: category(latchedList), b: text({ ...latched, latch: { ...latch, epoch: 84 } }) }),
    () => registryOf({ a: text(latched), b: text({ ...latched, latch: { ...latch, epoch: 84 } }) }),
  ],
  'values-invalid': [[], ['a', 'a'], [''], ['x'.repeat(101)], ['none'], [1]].map(
    (values) => () => category({ ...about, values: as<string[]>(values), mechanism: grr.client }),
  ),
  'range-invalid': [
    ...[0, 1.5, 2 ** 20 + 1].map((clamp) => () => count({ ...about, clamp, mechanism: oneBitMean.client })),
    ...[1, 4097].map((buckets) => () => timing({ ...about, range: [1, 9], buckets, mechanism: grr.client })),
    () => timing({ ...about, range: [0, 9], buckets: 3, mechanism: grr.client }),
    () => timing({ ...about, range: [1, 1.01], buckets: 100, mechanism: grr.client }),
    () => quantity({ ...about, unit: 'h', range: [9, 1], buckets: 3, mechanism: grr.client }),
    () => quantity({ ...about, unit: 'h', range: [0, Number.POSITIVE_INFINITY], buckets: 3, mechanism: grr.client }),
    () => quantity({ ...about, unit: '', range: [0, 9], buckets: 3, mechanism: grr.client }),
    () => text({ ...about, mechanism: oneTimeRappor.client, maxLength: 0 }),
  ],
  'expiry-invalid': ['soon', '2026-02-30', '2026-1-1'].map((expires) => () => registryOf({ m: { ...yesNo, expires } })),
  'budget-invalid': [
    { perWindow: 0 },
    { perWindow: Number.POSITIVE_INFINITY },
    { perWindow: as<number>('8') },
    { lifetime: -1 },
    { windowDays: 30 },
    { windowDays: 0 },
  ].map((budget) => () => registryOf({ m: yesNo }, { budget })),
  'budget-exceeded': [
    () => registryOf({ m: yesNo, theme }, { budget: { perWindow: 1.5 } }),
    () =>
      registryOf(
        { m: yesNo, daily: { ...yesNo, period: 1, epsilon: 0.05 } },
        { budget: { perWindow: 2 }, participation: 'sampled' },
      ),
  ],
  'metric-exceeds-budget': [() => registryOf({ m: { ...yesNo, period: 1 } })],
  'participation-invalid': [() => registryOf({ m: yesNo }, { participation: as<'all'>('some') })],
  'gpc-invalid': [
    () => registryOf({ m: yesNo }, { gpc: as<'explicit-grant'>('ignore') }),
    () => registryOf({ m: yesNo }, { gpc: as<'explicit-grant'>(true) }),
    () => registryFromJson({ ...exported, gpc: null }, catalogue),
  ],
  'expected-clients-invalid': [0, 1.5, Number.NaN].map(
    (expectedClients) => () => registryOf({ m: yesNo }, { expectedClients }),
  ),
  'too-many-metrics': [() => registryOf({}), () => registryOf(many(policy.maxMetrics + 1))],
  'report-too-large': [() => registryOf({ m: category({ ...about, values: ['a'], mechanism: huge }) })],
  'registry-malformed': [
    () => registryFromJson(null, catalogue),
    () => registryFromJson([], catalogue),
    () => registryFromJson({ ...exported, version: 2 }, catalogue),
    () => registryFromJson({ ...exported, metrics: { theme: 1 } }, catalogue),
    () =>
      registryFromJson({ ...exported, metrics: { theme: { ...exported.metrics.theme, kind: 'colour' } } }, catalogue),
    () => registryFromJson({ ...exported, comment: 'by hand' }, catalogue),
  ],
  'fingerprint-mismatch': [
    () => registryFromJson({ ...exported, fingerprint: '0'.repeat(16) }, catalogue),
    () => registryFromJson({ ...exported, metrics: { theme: { ...exported.metrics.theme, epsilon: 2 } } }, catalogue),
  ],
};

describe('a registry that cannot be kept is refused', () => {
  for (const [code, attempts] of Object.entries(declarations)) {
    it(`with ${code}`, () => {
      expect(attempts.length).toBeGreaterThan(0);
      for (const attempt of attempts) expect(thrownBy(attempt).code).toBe(code);
    });
  }

  it('with the metric at fault and what to change', () => {
    const error = thrownBy(() => registryOf({ noisy: { ...yesNo, epsilon: 5 } }));
    expect(error.where).toBe('noisy');
    expect(error.message).toBe(`noisy: epsilon-needs-reason: ${error.remedy}`);
  });

  it('with the metric at fault also for what a declaration alone refuses, when it comes from a file', () => {
    const wrong = { ...exported.metrics.theme, domain: { values: ['a', 'a'] } };
    const error = thrownBy(() => registryFromJson({ ...exported, metrics: { theme: wrong } }, catalogue));
    expect([error.code, error.where]).toEqual(['values-invalid', 'theme']);
  });
});

describe('a refusal for the budget gives the figures', () => {
  it('of one metric that spends too much alone', () => {
    const { remedy } = thrownBy(() => registryOf({ m: { ...yesNo, period: 1, epsilon: 0.5 } }));
    expect(remedy).toContain('alone it spends 14 per 28 days and the budget is 8');
  });

  it('of all metrics together', () => {
    const weekly = { ...yesNo, period: 7 } as const;
    const { remedy } = thrownBy(() => registryOf({ a: weekly, b: weekly, c: yesNo }));
    expect(remedy).toContain('all metrics together spend 9 per 28 days and the budget is 8');
  });

  it('and accepts what spends the budget exactly', () => {
    const weekly = { ...yesNo, period: 7 } as const;
    expect(registryOf({ a: weekly, b: weekly }).bound).toEqual({ perWindow: 8, windowDays: 28, lifetime: 104 });
  });
});
