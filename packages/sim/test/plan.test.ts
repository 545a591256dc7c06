import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bellCurves } from '@dither/mechanisms/advise';
import { defineRegistry, type Metric, registryToText } from '@dither/protocol';
import { loadRegistry } from '@dither/protocol/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readArguments } from '../src/commands/command.js';
import { plan } from '../src/commands/plan.js';
import { offsetOf } from '../src/plan/offset.js';
import { ceilingOf, personOf } from '../src/plan/person.js';
import { planWish } from '../src/plan/plan-wish.js';
import { predictedUnknown, rounded } from '../src/plan/problem.js';
import { Model } from '../src/plan/registry/model.js';
import { registryPage } from '../src/plan/registry/page.js';
import type { RegistryPlanReport } from '../src/plan/registry/report.js';
import type { WishReport } from '../src/plan/report.js';
import { solve } from '../src/plan/solve.js';
import { policy } from '../src/policy.js';
import { wholeHolders, withShare } from '../src/predict/subject.js';
import { seededSources } from '../src/seeded.js';
import { candidatesOf, planFor, problemFor, promiseAt, runWith, taskFor } from './plan-world.js';
import { small } from './small-registry.js';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dither-plan-'));
  await writeFile(join(folder, 'small.json'), registryToText(small));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Runs the command in this process. */
async function run(stop: AbortSignal, ...args: string[]): Promise<{ code: number; out: string }> {
  let out = '';
  const code = await plan.run(readArguments(plan, args), {
    out: (text) => {
      out += text;
    },
    note: () => undefined,
    isTerminal: false,
    isColoured: false,
    now: () => 0,
    stop,
  });
  return { code, out };
}

const never = new AbortController().signal;

async function wished(...args: string[]): Promise<WishReport & { code: number }> {
  const { code, out } = await run(never, '--json', '--quick', '--seed', '1', ...args);
  return { ...(JSON.parse(out) as WishReport), code };
}

describe('dither-sim plan --wish', () => {
  it('finds the smallest epsilon, says what it costs, and how it was verified', async () => {
    const report = await wished('--wish', 'crash rate within 0.5 points', '--clients', '1e5', '--share', '.04');
    expect(report).toMatchObject({
      command: 'plan',
      code: 0,
      unknown: 'epsilon',
      isMet: true,
      isPartial: false,
      answer: {
        mechanism: 'rr',
        clients: 100_000,
        accuracy: 0.005,
        needsReason: false,
        verification: { isPassed: true },
      },
      nearest: [],
    });
    // By hand: 1.96 sqrt(p q / n) / (p - q) = .005 at epsilon 1.08, of which three decimals are printed.
    const { epsilon = 0, person } = report.answer ?? {};
    const [p, q] = [1 / (1 + Math.exp(-epsilon)), 1 / (1 + Math.exp(epsilon))];
    expect((1.96 * Math.sqrt((p * q) / 1e5)) / (p - q)).toBeCloseTo(0.005, 4);
    expect(epsilon).toBe(Math.round(1000 * epsilon) / 1000);
    expect(person).toMatchObject({ perReport: epsilon, perWindow: epsilon, windowDays: 28 });
  });

  it('gives the same bytes for the same seed', async () => {
    const args = [
      '--json',
      '--quick',
      '--seed',
      '5',
      '--wish',
      'mean within 1',
      '--clients',
      '1e4',
      '--mechanisms',
      'duchi',
    ];
    expect((await run(never, ...args)).out).toBe((await run(never, ...args)).out);
  });

  it('goes from epsilon to installations to accuracy and back', async () => {
    const one = { wish: 'see a value used by 3%', kind: 'category', size: 20 } as const;
    const { solution: byEpsilon } = await planFor(one, { n: 50_000 }, runWith('there'), 'grr', 'oue');
    const { epsilon = 0 } = byEpsilon?.world ?? {};
    const { solution: byClients } = await planFor(one, { epsilon }, runWith('back'), 'grr', 'oue');
    expect((byClients?.world.n ?? 0) / 50_000).toBeCloseTo(1, 1);
    const { solution: byAccuracy } = await planFor(one, { epsilon, n: 50_000 }, runWith('across'), 'grr', 'oue');
    expect((byAccuracy?.world.accuracy ?? 0) / 0.03).toBeCloseTo(1, 1);
  });

  it('answers a wish that is impossible with the nearest that is not', async () => {
    const report = await wished(
      '--wish',
      'see a value used by 0.1%',
      '--kind',
      'category',
      '--clients',
      '3000',
      '--mechanisms',
      'grr,oue',
    );
    expect(report).toMatchObject({ code: 1, answer: null, isMet: false, ceiling: { epsilon: 8 } });
    const [accuracy, clients] = report.nearest;
    expect(accuracy).toMatchObject({ epsilon: 4, clients: 3000, verification: { isPassed: true } });
    expect(accuracy?.accuracy).toBeGreaterThan(0.001);
    expect(clients).toMatchObject({ epsilon: 4, accuracy: 0.001, verification: { isPassed: true } });
    expect(clients?.clients).toBeGreaterThan(3000);
    const { out } = await run(
      never,
      '--quick',
      '--seed',
      '1',
      '--wish',
      'see a value used by 0.1%',
      '--kind',
      'category',
      '--clients',
      '3000',
    );
    expect(out).toContain('is not possible with 3,000 installations: it would take more than epsilon 8');
    expect(out).toMatch(
      /Possible: with [\d,]+ installations and epsilon 4, see anything that 0\.1% of installations report/,
    );
  });

  it('takes no more epsilon than the budget of a person has for the period', async () => {
    const report = await wished('--wish', 'crash rate within 2 points', '--clients', '1e6', '--period', '1');
    expect(report.ceiling).toMatchObject({ epsilon: 0.285 });
    expect(report.answer?.person.perWindow).toBeCloseTo(28 * (report.answer?.epsilon ?? 0), 9);
    expect(report.answer?.person.perWindow).toBeLessThanOrEqual(8);
  });

  it('takes no lucky guess for an estimate: a percentile needs reports that tell something', async () => {
    // The square wave's curve of no report is flat, and the p75 of a flat population is the same.
    const task = taskFor({ wish: 'p75 within 5%', kind: 'timing', size: 16 });
    const [wave] = candidatesOf(task, 'square-wave');
    if (wave === undefined) throw new Error('it answers');
    const { isPassed, covered } = await promiseAt(task, wave, { epsilon: 0.02, n: 10_000 }, 20, 'guess');
    expect(isPassed).toBe(false);
    expect(covered).toBeLessThan(3);
    const report = await wished(
      '--wish',
      'p75',
      '--clients',
      '1e5',
      '--epsilon',
      '2',
      '--mechanisms',
      'tree',
      '--buckets',
      '8',
    );
    expect(report.population).toBe('assumed: uniform, numbers on a bell curve');
  });

  it('plans no share that nobody could hold: of few installations never more than was wished', async () => {
    const { solution } = await planFor({ wish: 'see x 5%', kind: 'boolean' }, { epsilon: 8 }, runWith('few'));
    expect(solution?.world.n).toBeGreaterThanOrEqual(20);
    expect(solution?.about).toMatchObject({ label: 'the rate' });
    expect(solution?.about.truth).toBeLessThanOrEqual(0.05);
  });

  it('says up to how many installations it looked', async () => {
    const { code, out } = await run(never, '--seed', '1', '--wish', 'see it 0.0001%', '--epsilon', '.1');
    expect(code).toBe(1);
    expect(out).toContain('not possible at epsilon 0.1 with 10,000,000,000 installations or fewer.');
  });

  it('takes no smoothed curve where the curve is only assumed, if that is far off for spikes', async () => {
    const known = taskFor({ wish: 'p75 within 34 ms', kind: 'timing', size: 16 });
    const [bell] = bellCurves(16);
    const assumed = { ...known, subject: { ...known.subject, shares: bell as Float64Array, isAssumed: true as const } };
    const effort = { ...policy.plan.effort.quick, quantiles: { steps: [], verify: 10 } };
    const plan = (...mechanisms: string[]) =>
      planWish(
        problemFor(assumed, { epsilon: 0.26, n: 1_000_000 }),
        candidatesOf(assumed, ...mechanisms),
        runWith('spikes', effort),
      );
    const { solution, tried } = await plan();
    expect(solution?.candidate.label).toBe('tree');
    expect(tried[1]?.candidate.label).toBe('square-wave');
    expect(tried[1]?.predicted).toBeLessThan(tried[0]?.predicted ?? 0);
    expect(tried[1]?.reason).toMatch(/^far off where numbers lie in a few spikes: kept in \d+ of 40$/);
    const alone = await plan('square-wave');
    expect(alone.solution?.spiky?.met).toBeLessThan(20);
  });

  it('says less where it is stopped, and that it was', async () => {
    const { code, out } = await run(AbortSignal.abort(), '--json', '--wish', 'mean within 1', '--clients', '1e4');
    expect(code).toBe(130);
    expect(JSON.parse(out)).toMatchObject({ isPartial: true });
  });

  it.each([
    [
      ['--wish', 'p75 within 5%', '--kind', 'boolean', '--clients', '1e5'],
      '--wish:1:1: wish-unfit: percentiles are of timings',
    ],
    [
      [
        '--wish',
        'share of violet within 1 point',
        '--registry',
        'small.json',
        '--metric',
        'colour',
        '--clients',
        '100',
      ],
      'red, green, blue',
    ],
    [
      ['--wish', 'mean within 5%', '--registry', 'small.json', '--metric', 'nothing', '--clients', '100'],
      'metric-unknown: --metric is one of colour, load',
    ],
    [['--wish', 'mean within 5%'], 'argument-missing: what is known'],
    [['--wish', 'mean', '--clients', '100'], 'argument-missing: a wish without a number'],
    [
      ['--wish', 'any share within 1 point', '--kind', 'category', '--clients', '100', '--mechanisms', 'tree'],
      'mechanism-unknown',
    ],
    [['--clients', '100'], 'argument-missing: --wish TEXT'],
    [['--wish', 'rate within 60 points', '--clients', '100'], 'wish-unfit: within 50 points or more says nothing'],
    [['--wish', 'mean within 30', '--clients', '100'], 'wish-unfit: within 10 or more says nothing'],
    [['--wish', 'p75 within 5000', '--clients', '100'], 'wish-unfit: within 4950 or more says nothing'],
  ])('refuses %j', async (args, message) => {
    const at = args.map((arg) => (arg.endsWith('.json') ? join(folder, arg) : arg));
    await expect(run(never, ...at)).rejects.toThrow(message);
  });
});

describe('dither-sim plan --wishes', () => {
  async function planned(
    clients: string,
    ...wishes: readonly object[]
  ): Promise<RegistryPlanReport & { code: number }> {
    const file = join(folder, 'wishes.json');
    await writeFile(file, JSON.stringify({ wishes }));
    const args = [
      '--json',
      '--quick',
      '--seed',
      '1',
      '--registry',
      join(folder, 'small.json'),
      '--wishes',
      file,
      '--clients',
      clients,
    ];
    const { code, out } = await run(never, ...args);
    return { ...(JSON.parse(out) as RegistryPlanReport), code };
  }

  it('meets all wishes at less than the budget, by a registry that may be declared', async () => {
    const report = await planned(
      '2e5',
      { metric: 'used', wish: 'rate within 2 points' },
      { metric: 'colour', wish: 'any share within 3 points' },
      { metric: 'opened', wish: 'mean within .5', weight: 2 },
    );
    expect(report).toMatchObject({ code: 0, isMet: true, budget: 8, others: ['load', 'memory'] });
    expect(report.person.perWindow).toBeLessThan(6);
    for (const { wishes, epsilon, clients, inclusion } of report.metrics) {
      expect(clients).toBe(Math.round(2e5 * inclusion));
      expect(epsilon).toBeLessThanOrEqual(4);
      for (const { isMet, simulated, wanted, verification } of wishes) {
        expect(isMet).toBe(true);
        expect(simulated).toBeLessThanOrEqual(wanted);
        expect(verification?.isPassed).toBe(true);
      }
    }
    const epsilons = new Map(report.metrics.map(({ id, epsilon }) => [id, epsilon]));
    const declared = Object.fromEntries(
      Object.entries(small.metrics).map(([id, metric]) => [
        id,
        { ...metric, epsilon: epsilons.get(id) ?? metric.microEpsilon / 1e6, resolve: () => metric.params },
      ]),
    );
    const { perWindow, windowDays } = report.person;
    const registry = defineRegistry({
      app: 'org.example.small',
      expectedClients: 200_000,
      participation: report.participation,
      budget: { perWindow, windowDays },
      metrics: declared,
    });
    expect(registry.bound.perWindow).toBeLessThanOrEqual(perWindow + 1e-9);
    expect(registryPage(report).lead).toEqual([
      'All 3 wishes are met, at the least cost that was found.',
      `A person gives epsilon ${perWindow} in 28 days, and falls silent after ${report.person.days.toLocaleString('en')} days.`,
    ]);
    expect(report.lines).toContain(`participation: '${report.participation}',`);
  });

  it('draws metrics of many charges as often by lot as it should', async () => {
    const registry = await loadRegistry(fileURLToPath(new URL('../scenarios/browser.registry.json', import.meta.url)));
    const planned = ['os', 'crashed', 'tabs-opened', 'page-load'].map((id) => ({
      metric: registry.metrics[id] as Metric,
      candidate: undefined as never,
      aims: [],
      ceiling: 4,
    }));
    const model = new Model(registry, planned, 1000, seededSources('orders')('test'));
    const several = { epsilons: [0.5, 1, 1.5, 2], perWindow: 7 };
    const [drawn, exact] = [model.outcome(several), model.exactOutcome(several)];
    // Of 2,000 orders: a standard error of .011 at most, less for turning each order round; four of them.
    drawn.inclusion.forEach((share, i) => {
      expect(Math.abs(share - (exact.inclusion[i] as number))).toBeLessThan(0.045);
    });
    expect(new Set(exact.inclusion.map((share) => share.toFixed(3))).size).toBeGreaterThan(2);
    const alone = { epsilons: [2, 2, 2, 2], perWindow: 5.9 };
    expect(model.outcome(alone).inclusion[0]).toBeCloseTo(model.exactOutcome(alone).inclusion[0] as number, 1);
    expect(model.outcome({ epsilons: [0.1, 0.1, 0.1, 0.1], perWindow: 3 }).isSound).toBe(false);
  });

  it('comes as near as weights say where the budget is too small', async () => {
    const wish = { metric: 'used', wish: 'rate within 0.5 points' };
    const other = { metric: 'opened', wish: 'mean within .05' };
    const ratio = ({ metrics }: RegistryPlanReport, id: string): number => {
      const [found] = metrics.find((metric) => metric.id === id)?.wishes ?? [];
      return (found?.simulated ?? Number.NaN) / (found?.wanted ?? Number.NaN);
    };
    const even = await planned('3000', wish, other);
    const uneven = await planned('3000', { ...wish, weight: 50 }, other);
    expect(even).toMatchObject({ code: 1, isMet: false, isExpected: false });
    expect(even.person.perWindow).toBeLessThanOrEqual(8);
    expect(ratio(uneven, 'used')).toBeLessThanOrEqual(ratio(even, 'used'));
    expect(ratio(even, 'used')).toBeGreaterThan(1);
  });
});

describe('what a plan is made of', () => {
  it('rounds up to what is printed, and leaves alone what is printed already', () => {
    expect(rounded({ unknown: 'epsilon' }, 1.2341)).toBe(1.235);
    expect(rounded({ unknown: 'epsilon' }, 1.234)).toBe(1.234);
    expect(rounded({ unknown: 'clients' }, 27_762.7)).toBe(27_800);
    expect(rounded({ unknown: 'clients' }, 12.3)).toBe(13);
    expect(rounded({ unknown: 'accuracy' }, 0.012341)).toBe(0.0124);
    expect(rounded({ unknown: 'accuracy' }, 0.0124)).toBe(0.0124);
  });

  it('takes few repetitions for little: all of them as promised is no reason to ask for more', () => {
    const all = offsetOf({ met: 10, repetitions: 10 }, 0.95);
    expect(all).toBeGreaterThan(0.1);
    expect(all).toBeLessThan(0.4);
    expect(offsetOf({ met: 10, repetitions: 10 }, 0.99)).toBeGreaterThan(0);
    expect(offsetOf({ met: 19, repetitions: 20 }, 0.95)).toBeCloseTo(0, 9);
    expect(offsetOf({ met: 0, repetitions: 10 }, 0.95)).toBeLessThan(-1.5);
    // Many say it all: .9 is 1.2816 deviates, .95 is 1.6449.
    expect(offsetOf({ met: 36_000, repetitions: 40_000 }, 0.95)).toBeCloseTo(1.2816 - 1.6449, 2);
  });

  it('looks further down by few repetitions, and takes none that is kept less often than promised', async () => {
    const task = taskFor({ wish: 'mean within .4', kind: 'count', size: 20 });
    const [duchi] = candidatesOf(task, 'duchi');
    if (duchi === undefined) throw new Error('it answers');
    const problem = problemFor(task, { n: 30_000 });
    const predicted = predictedUnknown(problem, duchi) ?? Number.NaN;
    const effortOf = (steps: readonly number[], verify: number) => ({
      ...policy.plan.effort.quick,
      shares: { steps, verify },
    });
    const high = await solve(problem, duchi, 1.4 * predicted, runWith('down', effortOf([10, 30], 40)));
    expect(high?.found).toBeLessThan(1.4 * predicted);
    for (const seed of ['a', 'b', 'c', 'd']) {
      const low = await solve(problem, duchi, 0.88 * predicted, runWith(seed, effortOf([], 200)));
      // A standard error of 200 repetitions is .0154.
      expect(low?.verification?.covered).toBeGreaterThanOrEqual(200 * (0.95 - 0.0154));
    }
  });

  it('counts a person by the period', () => {
    const budget = { perWindow: 8, windowDays: 28, lifetime: 104 };
    expect(personOf(0.5, 7, budget)).toEqual({ perReport: 0.5, perWindow: 2, windowDays: 28, windows: 52, days: 1456 });
    expect(ceilingOf(7, budget)).toMatchObject({ epsilon: 2 });
    expect(ceilingOf(28, budget)).toMatchObject({ epsilon: 8 });
    expect(ceilingOf(28, { ...budget, perWindow: 20 })).toMatchObject({ epsilon: 10 });
  });

  it('gives whole installations the shares of a population, and one value a share of its own', () => {
    const shares = Float64Array.of(0.5, 0.3, 0.2);
    expect([...wholeHolders(shares, 7)]).toEqual([4, 2, 1]);
    expect([...wholeHolders(shares, 1)]).toEqual([1, 0, 0]);
    const moved = withShare(shares, 0, 0.2);
    expect(moved[1]).toBeCloseTo(0.48, 12);
    expect(moved[2]).toBeCloseTo(0.32, 12);
    expect([...withShare(Float64Array.of(1, 0, 0), 0, 0.5)]).toEqual([0.5, 0.25, 0.25]);
  });

  it('has an effort for every question', () => {
    for (const { shares, quantiles, texts } of Object.values(policy.plan.effort)) {
      for (const { steps, verify } of [shares, quantiles, texts]) {
        expect(steps.length).toBeGreaterThan(0);
        expect(verify).toBeGreaterThan(0);
      }
    }
  });
});
