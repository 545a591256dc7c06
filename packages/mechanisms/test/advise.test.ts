import { type Advice, advise, answeredShares, bellCurves, type Situation } from '@dither/mechanisms/advise';
import { catalogue } from '@dither/mechanisms/catalogue';
import { describe, expect, it } from 'vitest';
import type {
  FrequencyMechanism,
  IndexParams,
  LatchedTextClient,
  Mechanism,
  TextAggregator,
} from '../src/mechanism.js';
import { codeOf } from './support/ensure.js';

const shares = (domainSize: number, epsilon = 1) => ({ question: 'shares', domainSize, epsilon, n: 1e5 }) as const;
const latch = { epsilonInfinity: 2, reports: 4 };
const ids = (ranking: readonly Advice[]) => ranking.map(({ mechanism }) => mechanism);
const best = (situation: Situation) => advise(situation)[0];

/** Situations of every question, with one stage and two. */
const SITUATIONS: readonly Situation[] = [
  ...[2, 3, 12, 65, 1024].flatMap((domainSize) => [shares(domainSize), { ...shares(domainSize), latch }]),
  ...[0.5, 1, 4].map((epsilon) => ({ question: 'mean', domainSize: 51, epsilon, n: 1e5 }) as const),
  { question: 'quantiles', domainSize: 17, epsilon: 1, n: 1e4 },
  { question: 'texts', cohorts: 64, epsilon: 1, n: 1e5 },
  { question: 'texts', cohorts: 64, epsilon: 1, n: 1e5, latch: { epsilonInfinity: 4, reports: 2 } },
];

describe('advice', () => {
  it('ranks by standard error; within 1% of the least by bytes, then counters', () => {
    for (const situation of SITUATIONS) {
      const ranking = advise(situation);
      const least = Math.min(...ranking.map(({ standardError }) => standardError));
      const near = ranking.filter(({ standardError }) => standardError <= 1.01 * least);
      expect(ranking.slice(0, near.length)).toEqual(near);
      const costs = near.map(({ reportBytes, counters }) => reportBytes * 1e9 + counters);
      expect(costs).toEqual([...costs].sort((a, b) => a - b));
      const rest = ranking.slice(near.length).map(({ standardError }) => standardError);
      expect(rest).toEqual([...rest].sort((a, b) => a - b));
    }
  });

  it('puts what is too long last and never first', () => {
    for (const situation of SITUATIONS) {
      for (const maxBytes of [1, 2, 10]) {
        const ranking = advise({ ...situation, maxBytes });
        const fitting = ranking.filter(({ reportBytes }) => reportBytes <= maxBytes);
        expect(ranking.slice(0, fitting.length)).toEqual(fitting);
        expect(ranking.map(({ isAffordable }) => isAffordable)).toEqual(ranking.map((_, i) => i < fitting.length));
        for (const { reason } of ranking.slice(fitting.length))
          expect(reason).toContain(`above the ${maxBytes} allowed`);
      }
    }
  });

  it('ranks all mechanisms that answer, of one stage or of two, and those asked for', () => {
    const staged = (isLatched: boolean) =>
      [...catalogue.values()].filter(({ client }) => 'latch' in client === isLatched).map(({ id }) => id);
    for (const situation of SITUATIONS) {
      const ranked = ids(advise(situation));
      expect(ranked.length).toBeGreaterThan(0);
      expect(staged(situation.latch !== undefined)).toEqual(expect.arrayContaining(ranked));
    }
    const answered = SITUATIONS.flatMap((situation) => ids(advise(situation)));
    expect(new Set(answered)).toEqual(new Set(catalogue.keys()));
    expect(ids(advise({ ...shares(3), among: ['oue', 'sue', 'tree'] }))).toEqual(['sue', 'oue']);
  });

  it('refuses what every mechanism would', () => {
    expect(codeOf(() => advise(shares(3, 17)))).toBe('epsilon-out-of-range');
    expect(codeOf(() => advise(shares(1)))).toBe('domain-size-out-of-range');
    expect(codeOf(() => advise(shares(2 ** 20 + 1)))).toBe('domain-size-out-of-range');
    expect(codeOf(() => advise({ ...shares(3), n: 0 }))).toBe('option-invalid');
    expect(codeOf(() => advise({ ...shares(3), maxBytes: 0 }))).toBe('option-invalid');
    expect(codeOf(() => advise({ ...shares(3), latch: { ...latch, epsilonInfinity: 0.5 } }))).toBe(
      'epsilon-out-of-range',
    );
    expect(codeOf(() => advise({ ...shares(3), latch: { ...latch, reports: 1 } }))).toBe('option-invalid');
  });
});

describe('advice on shares', () => {
  it('is GRR below 3 e^epsilon + 2 values, as against unary encoding, and not above', () => {
    for (const epsilon of [0.5, 1, 2, 4]) {
      const cut = 3 * Math.exp(epsilon) + 2;
      const among = ['grr', 'oue', 'sue'];
      expect(best({ ...shares(Math.floor(0.7 * cut), epsilon), among })?.mechanism).toBe('grr');
      expect(best({ ...shares(Math.ceil(1.3 * cut), epsilon), among })?.mechanism).toBe('oue');
    }
  });

  it('finds the error of unary encoding in two bytes or one for 1,024 values', () => {
    const ranking = advise(shares(1024));
    const of = (id: string) => ranking.find(({ mechanism }) => mechanism === id);
    expect(ids(ranking).slice(0, 2)).toEqual(['local-hashing', 'projective-geometry']);
    expect([of('local-hashing')?.reportBytes, of('projective-geometry')?.reportBytes, of('oue')?.reportBytes]).toEqual([
      1, 2, 128,
    ]);
    expect((of('local-hashing')?.standardError ?? 0) / (of('oue')?.standardError ?? 1)).toBeCloseTo(1, 2);
    expect(of('oue')?.reason).toBe('no noticeable gain for 128 bytes');
    expect(of('grr')?.reason).toMatch(/^9\.7\d times the least error: it grows with the number of values$/);
  });

  it('predicts what the aggregator says of its variance', () => {
    for (const situation of [shares(2), shares(12), shares(300, 2), { ...shares(64), latch }]) {
      const { domainSize, n } = situation;
      for (const { mechanism: id, options, standardError } of advise(situation)) {
        const mechanism = catalogue.get(id) as FrequencyMechanism;
        const { epsilon } = situation;
        const declared = 'latch' in situation ? { epsilonFirst: epsilon, ...latch, ...options } : { epsilon };
        const make = mechanism.client.params as (options: object) => IndexParams & never;
        const params = make({ domainSize, ...declared });
        const even = new Float64Array(domainSize).fill(1 / domainSize);
        const answered = answeredShares(mechanism, params);
        const indices = mechanism.aggregator.quantities(params).map((_, i) => i);
        const variances = indices.map(
          (i) => mechanism.aggregator.variance(params, even, n * (answered[i] ?? 1), n)[i] as number,
        );
        const mean = variances.reduce((sum, variance) => sum + variance, 0) / variances.length;
        expect(standardError).toBeCloseTo(Math.sqrt(mean), 12);
      }
    }
  });

  it('says from which share on a value is told from zero', () => {
    const oue = advise(shares(1024)).find(({ mechanism }) => mechanism === 'oue');
    const rare = Math.sqrt((4 * Math.E) / (Math.E - 1) ** 2 / 1e5);
    expect((oue?.detectionLimit ?? 0) / (3.605 * rare)).toBeCloseTo(1, 2);
  });

  it('declares an epoch of what repeats itself at the epsilon of one report', () => {
    const ranking = advise({ ...shares(6), latch });
    expect(ids(ranking)).toEqual(['l-grr', 'l-osue', 'loloha', 'd-bit-flip']);
    expect(ranking[3]).toMatchObject({ options: { epsilonInfinity: 1 } });
    expect(ranking[3]?.reason).toContain('only 31% of its reports say anything of a value');
    expect(ids(advise({ ...shares(6), latch: { ...latch, epsilonInfinity: 1 } }))).toEqual(['d-bit-flip']);
  });

  it('does so for the largest domain', { timeout: 60_000 }, () => {
    expect(best(shares(2 ** 20))).toMatchObject({ mechanism: 'local-hashing', reportBytes: 1 });
  });
});

describe('advice on means and quantiles', () => {
  it('is one bit for a mean at a small epsilon, a window at a large one', () => {
    const mean = (epsilon: number) => ({ question: 'mean', domainSize: 51, epsilon, n: 1e5 }) as const;
    expect(best(mean(0.5))?.mechanism).toBe('duchi');
    expect(best(mean(4))?.mechanism).toBe('piecewise');
    const bit = advise(mean(1)).find(({ mechanism }) => mechanism === 'one-bit-mean');
    expect(bit?.also).toEqual(['zero', 'at-clamp']);
    expect(bit?.reason).toMatch(/only 50% of its reports answer this, the others zero or at-clamp/);
  });

  it('is the square wave at common epsilons; at a small one the tree, if reports are many', () => {
    const quantiles = (n: number, epsilon: number) => ({ question: 'quantiles', domainSize: 9, epsilon, n }) as const;
    expect(best(quantiles(1e4, 1))?.mechanism).toBe('square-wave');
    expect(best(quantiles(1e3, 0.1))?.mechanism).toBe('square-wave');
    expect(best(quantiles(1e4, 0.1))?.mechanism).toBe('tree');
  });

  it('predicts for populations of clients that all have an event', () => {
    for (const curve of bellCurves(16)) {
      expect(curve).toHaveLength(17);
      expect(curve[16]).toBe(0);
      expect(curve.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    }
  });
});

describe('advice on filters of texts', () => {
  const published = { question: 'texts', epsilon: 0.972768, cohorts: 64, n: 1e6 } as const;
  const twoStages = { ...published, latch: { epsilonInfinity: 4.947052, reports: 2 } };
  const isFilter = (bits: number, hashes: number) => (one: Advice) =>
    one.options.bits === bits && one.options.hashes === hashes;

  it('prefers one hash and 32 bits to two hashes and 8 bits at equal epsilons', () => {
    const ranking = advise({ ...twoStages, maxBytes: 5 });
    expect(ranking[0]).toMatchObject({ mechanism: 'rappor', options: { bits: 32, hashes: 1 }, reportBytes: 5 });
    const two = ranking.find(isFilter(8, 2));
    expect((two?.standardError ?? 0) / (ranking[0]?.standardError ?? 0)).toBeGreaterThan(1.5);
  });

  it('fits in the bytes allowed, and says when nothing does', () => {
    const texts = { question: 'texts', epsilon: 1, cohorts: 8, n: 1e5 } as const;
    for (const maxBytes of [2, 3, 7, 20]) {
      const ranking = advise({ ...texts, maxBytes });
      expect(ranking.length).toBeGreaterThan(0);
      expect(ranking.every(({ reportBytes }) => reportBytes <= maxBytes)).toBe(true);
    }
    expect(advise({ ...texts, maxBytes: 1 })).toEqual([]);
    expect(advise({ ...texts, cohorts: 1000, maxBytes: 2 })).toEqual([]);
  });

  it('ranks a filter of one’s own along, and predicts what the aggregator says', () => {
    const ranking = advise({ ...twoStages, filter: { bits: 100, hashes: 2 } });
    const own = ranking.find(isFilter(100, 2));
    const { client, aggregator } = catalogue.get('rappor') as Mechanism & {
      client: LatchedTextClient;
      aggregator: TextAggregator;
    };
    const { latch: stages, epsilon, cohorts, n } = twoStages;
    const params = client.params({ ...stages, epsilonFirst: epsilon, cohorts, bits: 100, hashes: 2 });
    expect(own?.standardError).toBe(aggregator.rareError(params, n));
    expect(ranking.filter(isFilter(100, 2))).toHaveLength(1);
    expect(advise({ ...twoStages, filter: { bits: 64, hashes: 1 } }).filter(isFilter(64, 1))).toHaveLength(1);
  });

  it('says why each stands where it stands', () => {
    const [first, ...others] = advise({ ...twoStages, maxBytes: 17 });
    expect(first?.reason).toBe('within 1% of the least error, in the fewest bytes');
    for (const { options, reason } of others) {
      const { hashes = 0 } = options;
      expect(reason).toMatch(hashes > 1 ? /epsilon is divided among/ : /collide more|no noticeable gain/);
    }
  });

  it('refuses cohorts that the mechanism refuses', () => {
    expect(codeOf(() => advise({ ...twoStages, cohorts: 48 }))).toBe('option-invalid');
  });
});
