import { describe, expect, it } from 'vitest';
import { exactSampler } from '../src/exact/sampler.js';
import { chanceSeen, chanceWithin, drawCount, isSeen, isWithin, supportOf } from '../src/plan/one-count.js';
import { planWish } from '../src/plan/plan-wish.js';
import { policy } from '../src/policy.js';
import { wholeHolders } from '../src/predict/subject.js';
import { seededSources } from '../src/seeded.js';
import { type Case, candidatesOf, problemFor, promiseAt, runWith, subjectFor, taskFor } from './plan-world.js';

/**
 * A promise is tested at alpha = .001 over 2,000 repetitions: kept exactly, it is refused once in a thousand times. The seeds
 * are fixed; with others the five cases below would fail by chance once in two hundred times.
 */
const REPETITIONS = 2000;

const cases: readonly (Case & { readonly n: number; readonly mechanism?: string })[] = [
  { wish: 'crash rate within 0.5 points', kind: 'boolean', share: 0.04, n: 100_000 },
  { wish: 'any share within 1 point', kind: 'category', size: 40, zipf: 1, n: 60_000 },
  { wish: 'see a feature used by 0.5%', kind: 'boolean', n: 200_000 },
  { wish: 'see a feature used by 2%, 9 times of 10', kind: 'category', size: 127, zipf: 1.1, n: 40_000 },
  { wish: 'mean within .4', kind: 'count', size: 20, n: 30_000, mechanism: 'duchi' },
];

describe('the epsilon of a plan', () => {
  it.each(cases)('keeps "$wish" with $n installations, and with a fifth less does not', async (one) => {
    const task = taskFor(one);
    const candidates = one.mechanism === undefined ? candidatesOf(task) : candidatesOf(task, one.mechanism);
    const { solution } = await planWish(problemFor(task, { n: one.n }), candidates, runWith('plan'));
    if (solution === undefined) throw new Error('possible');
    expect(solution.verification).toMatchObject({ trials: REPETITIONS, isPassed: true });
    const { candidate, world } = solution;
    expect((await promiseAt(task, candidate, world, REPETITIONS, 'kept')).isPassed).toBe(true);
    const less = { ...world, epsilon: Math.floor(800 * world.epsilon) / 1000 };
    expect((await promiseAt(task, candidate, less, REPETITIONS, 'less')).isPassed).toBe(false);
  });

  it('keeps "any share" of the value that is hardest, and with a fifth less does not', async () => {
    // By this mechanism the common value of a steep population is known least: two of three hold it.
    const one = { wish: 'any share within .6 points', kind: 'category', size: 8, zipf: 2 } as const;
    const task = taskFor(one);
    const candidates = candidatesOf(task, 'grr');
    const { solution } = await planWish(problemFor(task, { n: 60_000 }), candidates, runWith('any'));
    if (solution === undefined) throw new Error('possible');
    const { candidate, world, about } = solution;
    expect(about.label).toBe('the share of value-1');
    expect(about.truth).toBeCloseTo(0.6547, 3);
    for (const value of ['value-1', 'value-8']) {
      const named = taskFor({ ...one, wish: `share of ${value} within .6 points` });
      expect((await promiseAt(named, candidate, world, REPETITIONS, 'kept')).isPassed).toBe(true);
    }
    const first = taskFor({ ...one, wish: 'share of value-1 within .6 points' });
    const less = { ...world, epsilon: Math.floor(800 * world.epsilon) / 1000 };
    expect((await promiseAt(first, candidate, less, REPETITIONS, 'less')).isPassed).toBe(false);
  });

  // A fifth less, over 2,000 repetitions: plan.torture.ts. Of 400, a third less is told with a probability of .99.
  it('keeps a percentile by the tree, and with a third less does not', async () => {
    const task = taskFor({ wish: 'p75 within 15%', kind: 'timing', size: 16 });
    const effort = { ...policy.plan.effort.full, quantiles: { steps: [100, 400], verify: 200 } };
    const problem = problemFor(task, { n: 20_000 });
    const { solution } = await planWish(problem, candidatesOf(task, 'tree'), runWith('tree', effort));
    if (solution === undefined) throw new Error('possible');
    const { candidate, world } = solution;
    expect((await promiseAt(task, candidate, world, 400, 'kept')).isPassed).toBe(true);
    const less = { ...world, epsilon: (2 / 3) * world.epsilon };
    expect((await promiseAt(task, candidate, less, 400, 'less')).isPassed).toBe(false);
  });
});

describe('the chance that is computed of a share', () => {
  const subject = subjectFor({ wish: '', kind: 'category', size: 9, zipf: 1 });
  const asked = { of: 'share', value: 3 } as const;
  const holders = wholeHolders(subject.shares, 3000);

  /** Both are chances of one law: over 2,000 repetitions they differ by 4.5 standard errors once in 150,000 times. */
  function near(met: number, chance: number): void {
    const error = Math.sqrt((chance * (1 - chance)) / 2000);
    expect(Math.abs(met / 2000 - chance)).toBeLessThan(4.5 * error);
    expect(chance).toBeGreaterThan(0.05);
    expect(chance).toBeLessThan(0.95);
  }

  it.each(['grr', 'oue', 'projective-geometry'])('is how often it comes true by %s', (id) => {
    const [candidate] = candidatesOf({ subject, question: 'shares' } as Parameters<typeof candidatesOf>[0], id);
    const mechanism = candidate?.mechanism;
    const params = candidate?.params(1);
    if (mechanism?.answers !== 'frequencies' || params === undefined) throw new Error('a mechanism of shares');
    const support = supportOf(mechanism, params as never, asked);
    const sampler = exactSampler(mechanism, params);
    if (support === undefined || sampler === undefined) throw new Error('of one count, and with a sampler');
    const one = { support, n: 3000, held: holders[3] as number };
    const accuracy = Math.sqrt((support.q * (1 - support.q)) / 3000) / (support.p - support.q);
    const truth = one.held / 3000;
    let [within, seen, counted] = [0, 0, 0];
    for (let i = 0; i < 2000; i++) {
      const estimate = mechanism.aggregator.estimate(
        params as never,
        sampler.sample(holders, seededSources('law')(`${id}/${i}`)),
      )[3];
      within += Number(Math.abs((estimate?.value ?? 9) - truth) <= accuracy);
      seen += Number((estimate?.low ?? -1) > 0);
      counted += Number(isWithin(one, drawCount(one, seededSources('count')(`${id}/${i}`)), accuracy));
    }
    near(within, chanceWithin(one, accuracy));
    near(counted, chanceWithin(one, accuracy));
    near(seen, chanceSeen(one));
    expect(isSeen(one, one.n)).toBe(true);
  });
});
