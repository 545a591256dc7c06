import {
  type BitChannel,
  type Mechanism,
  normalQuantile,
  numerator,
  type Threshold,
  threshold,
} from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import {
  binomialAtMost,
  coverageTest,
  detectionsOf,
  type MechanismLookup,
  policy,
  runExperiment,
  type Summary,
  seededSources,
  shapedPopulation,
  summing,
  type Trial,
} from '@dither/sim';
import { describe, expect, it } from 'vitest';
import { rich, richPopulation } from './rich-registry.js';
import { small } from './small-registry.js';

const REPETITIONS = 400;

interface Simulated extends Summary {
  readonly trials: readonly Trial[];
}

async function simulate(mechanisms: MechanismLookup, repetitions: number, seed: string): Promise<Simulated> {
  const population = shapedPopulation('zipf', { zipf: 1 }, small);
  const sums = summing(seededSources(seed)('tested cells'));
  const options = { registry: small, mechanisms, population, clients: 1000, repetitions, seed };
  const trials: Trial[] = [];
  for await (const trial of runExperiment(options)) {
    sums.add(trial);
    trials.push(trial);
  }
  return { ...sums.result(), trials };
}

/** Installations of which every mechanism is as it ships: coverage and standard errors are looked at in the same repetitions. */
const honest = await simulate(catalogue, REPETITIONS, 'honest');

interface Probabilities {
  readonly truth?: Threshold;
  readonly bits?: BitChannel;
}

function complement(t: Threshold): Threshold {
  return threshold((1n << 64n) - numerator(t));
}

/** The same reports, estimated with p and q swapped. */
function swapped(mechanism: Mechanism): Mechanism {
  if (mechanism.answers !== 'frequencies') return mechanism;
  const { aggregator } = mechanism;
  const swap = (params: object & Probabilities): object => {
    const { truth, bits } = params;
    if (truth !== undefined) return { ...params, truth: complement(truth) };
    if (bits !== undefined) return { ...params, bits: { ...bits, set: bits.unset, unset: bits.set } };
    return params;
  };
  return {
    ...mechanism,
    aggregator: {
      ...aggregator,
      estimate: (params, state, confidence) => aggregator.estimate(swap(params) as typeof params, state, confidence),
    },
  };
}

const broken = new Map([...catalogue].map(([id, mechanism]) => [id, swapped(mechanism)]));

describe('coverage', () => {
  it('of the shipped mechanisms passes a test that errs once in a thousand', () => {
    expect(honest.coverage).toMatchObject({ trials: 5 * REPETITIONS, promised: 0.94, alpha: 0.001, isPassed: true });
    expect(honest.intervals).toBe(REPETITIONS * (4 + 5 + 6 + 3 + 1));
  });

  it('of an estimator with p and q swapped fails it, after two repetitions already', async () => {
    expect((await simulate(broken, 2, 'broken')).coverage.isPassed).toBe(false);
    expect((await simulate(broken, 100, 'broken')).coverage.probability).toBeLessThan(1e-100);
  });

  it('test fails with at most its stated rate where the promise is just kept', () => {
    for (const trials of [1, 5, 12, 100, 2000]) {
      const { promised, alpha } = policy.coverage;
      let failing = -1;
      while (!coverageTest(failing + 1, trials).isPassed) failing++;
      const rate = failing < 0 ? 0 : binomialAtMost(failing, trials, promised);
      expect(rate).toBeLessThan(alpha);
    }
    expect(coverageTest(0, 0).isPassed).toBe(true);
  });

  it('is tested with exact binomial tails', () => {
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k);
    for (const [count, n, p] of [
      [0, 3, 0.94],
      [7, 12, 0.94],
      [10, 20, 0.5],
    ] as const) {
      let sum = 0;
      for (let k = 0; k <= count; k++) sum += choose(n, k) * p ** k * (1 - p) ** (n - k);
      expect(binomialAtMost(count, n, p) / sum).toBeCloseTo(1, 12);
    }
    // Far beyond where 0.06^n vanishes.
    expect(binomialAtMost(94_000, 100_000, 0.94)).toBeCloseTo(0.5, 1);
  });
});

describe('coverage of texts and quantiles', () => {
  const population = richPopulation({
    crash: { none: 0.6, texts: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], zipf: 1.2 },
    home: { none: 0.1, texts: ['p', 'q', 'r', 's', 't', 'u', 'v', 'w'], zipf: 1 },
    load: { none: 0.2, lognormal: { median: 400, sigma: 0.8 } },
    memory: { none: 0.1, gaussian: { mean: 400, sigma: 100 } },
  });
  const held = (id: string): readonly string[] => population.texts.get(id)?.slice(1) ?? [];
  /** One text is no candidate, and for each candidate another one is held by nobody. */
  const candidates = new Map(
    ['crash', 'home'].map((id) => {
      const known = held(id).filter((_, i) => i !== 5);
      return [id, [...known, ...known.map((text) => `not-${text}`)]];
    }),
  );

  async function simulateRich(
    mechanisms: MechanismLookup,
    repetitions: number,
  ): Promise<{ sum: Summary; trials: Trial[] }> {
    const seed = 'rich';
    const sums = summing(seededSources(seed)('tested cells'));
    const options = { registry: rich, mechanisms, population, candidates, clients: 1000, repetitions, seed };
    const trials: Trial[] = [];
    for await (const trial of runExperiment(options)) {
      sums.add(trial);
      trials.push(trial);
    }
    return { sum: sums.result(), trials };
  }

  it('passes the same test, and false texts are detected in few runs', async () => {
    const runs = 50;
    const { sum, trials } = await simulateRich(catalogue, runs);
    expect(sum.coverage).toMatchObject({ trials: 5 * runs, isPassed: true });
    for (const id of ['crash', 'home']) {
      const detections = trials.flatMap(({ findings }) =>
        findings.filter(({ metric }) => metric.metric.id === id).map(({ cells }) => detectionsOf(cells)),
      );
      const withFalse = detections.filter(({ falselyDetected }) => falselyDetected > 0).length;
      // At most one run in twenty; so many or more with probability below 1e-6 if the promise is kept.
      expect(binomialAtMost(withFalse - 1, runs, 0.05), id).toBeLessThan(1 - 1e-6);
      expect(
        detections.reduce((total, { detected }) => total + detected, 0),
        id,
      ).toBeGreaterThan(100);
    }
  });

  it('fails for clients that report what is not true', async () => {
    const lying = new Map([...catalogue].map(([id, mechanism]) => [id, liar(mechanism)]));
    expect((await simulateRich(lying, 20)).sum.coverage.isPassed).toBe(false);
  });
});

/** Each second bucket, and all texts, reported as no event. */
function liar(mechanism: Mechanism): Mechanism {
  if (mechanism.answers === 'distribution') {
    const { client } = mechanism;
    const randomize: typeof client.randomize = (params, value, source) =>
      client.randomize(params, value % 2 === 0 ? params.domainSize - 1 : value, source);
    return { ...mechanism, client: { ...client, randomize } };
  }
  if (mechanism.answers !== 'texts') return mechanism;
  const { client } = mechanism;
  if ('latch' in client) {
    const latch: typeof client.latch = (params, _text, draw, source) => client.latch(params, '', draw, source);
    return { ...mechanism, client: { ...client, latch } };
  }
  const randomize: typeof client.randomize = (params, _text, source) => client.randomize(params, '', source);
  return { ...mechanism, client: { ...client, randomize } };
}

describe('the standard error', () => {
  /**
   * The mean of R squared errors over the variance they should have is chi-squared over R: 1, give or take
   * sqrt(2/R). 19 cells; false-alarm rate 1e-6 over all (Bonferroni). The estimates' law is close to normal at
   * 1,000 installations: excess kurtosis below .01.
   */
  const tolerance = normalQuantile(1 - 1e-6 / (2 * 19)) * Math.sqrt(2 / REPETITIONS);

  it('that an estimate states is the error it has over repetitions', () => {
    for (const { metric, cells } of honest.metrics) {
      for (const { cell, errors } of cells) {
        const label = `${metric.metric.id} ${cell.quantity.label}`;
        const ratio = errors.rmse ** 2 / errors.standardError ** 2;
        expect(ratio, label).toBeLessThan(1 + tolerance);
        // The 1-bit mean states a bound: it may be too large, never too small.
        if (cell.quantity.name !== 'mean') expect(ratio, label).toBeGreaterThan(1 - tolerance);
        // So is the bias nothing but noise: a normal number over its deviation, the same rate.
        const z = (errors.bias / errors.standardError) * Math.sqrt(REPETITIONS);
        expect(Math.abs(z), label).toBeLessThan(normalQuantile(1 - 1e-6 / (2 * 19)));
      }
    }
  });

  it('predicted from the shares before a run is the error of that run', () => {
    const sums = new Map<string, number>();
    for (const { findings } of honest.trials) {
      for (const { metric, n, cells } of findings) {
        // The 1-bit mean asks each installation one of three questions; its variance is tested above.
        if (metric.answers !== 'frequencies') continue;
        if (!metric.mechanism.aggregator.isDistribution && metric.mechanism.id !== 'rr') continue;
        const shares = cells.map((cell) => cell.truth);
        const variances = metric.mechanism.aggregator.variance(metric.params, shares, n);
        cells.forEach(({ quantity, error }, i) => {
          const label = `${metric.metric.id} ${quantity.label}`;
          sums.set(label, (sums.get(label) ?? 0) + error ** 2 / (variances[i] as number));
        });
      }
    }
    expect(sums.size).toBe(4 + 5 + 6 + 1);
    for (const [label, sum] of sums) expect(Math.abs(sum / REPETITIONS - 1), label).toBeLessThan(tolerance);
  });
});
