import { normalQuantile } from '@dither/mechanisms';
import { labels, type Metric } from '@dither/protocol';
import { declaredPopulation, drawFrom, type Population, seededSources, shapedPopulation } from '@dither/sim';
import { describe, expect, it } from 'vitest';
import { small } from './small-registry.js';

const rest = {
  colour: { uniform: {} },
  load: { uniform: {} },
  memory: { uniform: {} },
  opened: { uniform: {} },
  used: { uniform: {} },
};

function declare(metrics: Record<string, unknown>): Population {
  return declaredPopulation('test', { metrics: { ...rest, ...metrics } }, small, (path, expected) => {
    throw new Error(`${path.join('.')} ${expected}`);
  });
}

const CLIENTS = 40_000;

/** Shares of one metric's values among installations drawn with a fixed seed. */
function drawnShares(population: Population, id: string): Record<string, number> {
  const draw = drawFrom(population);
  const source = seededSources('population')('values');
  const values = new Int32Array(small.wire.length);
  const place = small.wire.findIndex((metric) => metric.id === id);
  const metric = small.wire[place] as Metric;
  const counts = new Array<number>(metric.domainSize).fill(0);
  for (let i = 0; i < CLIENTS; i++) {
    draw(i, source, values);
    const value = values[place] as number;
    counts[value] = (counts[value] as number) + 1;
  }
  return Object.fromEntries(labels(metric).map((label, i) => [label, (counts[i] as number) / CLIENTS]));
}

/**
 * Each share within z standard deviations of its probability. About 60 shares are checked in this file; z is the
 * Bonferroni quantile for a false-alarm rate of 1e-6 over all of them.
 */
function expectShares(population: Population, id: string, expected: Record<string, number>): void {
  const z = normalQuantile(1 - 1e-6 / (2 * 60));
  const shares = drawnShares(population, id);
  expect(Object.keys(expected).reduce((sum, label) => sum + (expected[label] as number), 0)).toBeCloseTo(1, 3);
  for (const [label, share] of Object.entries(shares)) {
    const p = expected[label] ?? 0;
    expect(Math.abs(share - p), label).toBeLessThanOrEqual(z * Math.sqrt((p * (1 - p)) / CLIENTS));
  }
}

describe('a declared population', () => {
  it('draws categories by weight, and no event by its share', () => {
    const population = declare({ colour: { none: 0.2, values: { red: 6, blue: 2 } } });
    expectShares(population, 'colour', { red: 0.6, blue: 0.2, none: 0.2 });
  });

  it('draws a boolean by the weight of its answers', () => {
    expectShares(declare({ used: { values: { yes: 1, no: 3 } } }), 'used', { yes: 0.25, no: 0.75 });
  });

  it('draws ranks by Zipf in the order of the registry', () => {
    const total = 1 + 1 / 2 + 1 / 3;
    expectShares(declare({ colour: { zipf: 1 } }), 'colour', {
      red: 1 / total,
      green: 1 / 2 / total,
      blue: 1 / 3 / total,
    });
  });

  it('draws every value alike, or a uniform number', () => {
    const each = { 'below 20': 0.2, '20 to 40': 0.2, '40 to 60': 0.2, '60 to 80': 0.2, '80 or more': 0.2 };
    expectShares(declare({ memory: { uniform: {} } }), 'memory', each);
    expectShares(declare({ memory: { uniform: { low: 30, high: 70 } } }), 'memory', {
      '20 to 40': 0.25,
      '40 to 60': 0.5,
      '60 to 80': 0.25,
    });
  });

  it('draws gaussian, exponential and log-normal numbers', () => {
    // Phi(1) and Phi(2) of the standard normal law.
    const [one, two] = [0.841344746, 0.977249868];
    expectShares(declare({ memory: { gaussian: { mean: 40, sigma: 20 } } }), 'memory', {
      'below 20': 1 - one,
      '20 to 40': one - 0.5,
      '40 to 60': one - 0.5,
      '60 to 80': two - one,
      '80 or more': 1 - two,
    });
    expectShares(declare({ memory: { exponential: { mean: 20 } } }), 'memory', {
      'below 20': 1 - Math.exp(-1),
      '20 to 40': Math.exp(-1) - Math.exp(-2),
      '40 to 60': Math.exp(-2) - Math.exp(-3),
      '60 to 80': Math.exp(-3) - Math.exp(-4),
      '80 or more': Math.exp(-4),
    });
    // The edges of `load` are a factor of 10^0.5 apart: sigma is one bucket, and 100 an edge.
    expectShares(declare({ load: { lognormal: { median: 100, sigma: Math.log(10) / 2 } } }), 'load', {
      'below 31.62': 1 - one,
      '31.62 to 100': one - 0.5,
      '100 to 316.2': one - 0.5,
      '316.2 or more': 1 - one,
    });
  });

  it('draws counts by Poisson, above the clamp at the clamp', () => {
    const mass = (k: number): number => (k === 0 ? Math.exp(-7) : (mass(k - 1) * 7) / k);
    const shares = Object.fromEntries(Array.from({ length: 10 }, (_, k) => [String(k), mass(k)]));
    const atClamp = 1 - Object.values(shares).reduce((sum, share) => sum + share, 0);
    expectShares(declare({ opened: { poisson: { mean: 7 } } }), 'opened', { ...shares, '10': atClamp });
  });

  it('draws from a published histogram', () => {
    const histogram = [
      [5, 1],
      [30, 2],
      [31, 1],
      [5000, 4],
    ];
    expectShares(declare({ load: { none: 0.5, histogram } }), 'load', {
      'below 31.62': 0.25,
      '316.2 or more': 0.25,
      none: 0.5,
    });
  });

  it('takes a number below zero for a count as zero', () => {
    expectShares(declare({ opened: { uniform: { low: -5, high: -1 } } }), 'opened', { '0': 1 });
  });

  it('can be one shape for all metrics', () => {
    const third = { red: 1 / 3, green: 1 / 3, blue: 1 / 3 };
    expectShares(shapedPopulation('uniform', { uniform: {} }, small), 'colour', third);
    expectShares(shapedPopulation('zipf:2', { zipf: 2 }, small), 'used', { no: 0.8, yes: 0.2 });
  });

  it.each([
    [{ colours: { zipf: 1 } }, 'metrics.colours is not a metric that this registry reports'],
    [{ page: { zipf: 1 } }, 'metrics.page is not a metric that this registry reports'],
    [{ colour: undefined }, 'metrics needs an entry for colour'],
    [{ colour: 3 }, 'metrics.colour is an object'],
    [{ colour: {} }, 'metrics.colour has one distribution, for a category one of: uniform, zipf, values'],
    [{ colour: { zipf: 1, uniform: {} } }, 'metrics.colour has one distribution, for a category one of'],
    [{ colour: { gaussian: { mean: 1, sigma: 1 } } }, 'metrics.colour has one distribution'],
    [{ colour: { toString: 1 } }, 'metrics.colour has one distribution'],
    [{ colour: { none: 1.5, zipf: 1 } }, 'metrics.colour.none is the share of installations without an event'],
    [{ colour: { zipf: '1' } }, 'metrics.colour.zipf is an exponent, 0 or more'],
    [{ colour: { values: { pink: 1 } } }, 'metrics.colour.values.pink is not a value of this metric'],
    [{ colour: { values: { none: 1 } } }, 'metrics.colour.values.none stands beside the distribution'],
    [{ colour: { values: { red: -1 } } }, 'metrics.colour.values.red is a weight, 0 or more'],
    [{ colour: { values: { red: 0 } } }, 'metrics.colour.values needs a weight above 0'],
    [{ colour: { uniform: { low: 1, high: 2 } } }, 'metrics.colour.uniform takes low and high only for numbers'],
    [{ load: { uniform: { low: 2, high: 2 } } }, 'metrics.load.uniform needs low < high'],
    [{ load: { lognormal: { median: 0, sigma: 1 } } }, 'metrics.load.lognormal.median needs median, a number above 0'],
    [{ load: { lognormal: { median: 1 } } }, 'metrics.load.lognormal needs sigma, a number above 0'],
    [{ load: { exponential: { mean: 1, rate: 1 } } }, 'metrics.load.exponential.rate is not known here; known: mean'],
    [{ load: { histogram: [[1, 1], [2]] } }, 'metrics.load.histogram.1 is a pair, such as [25, 10]'],
    [{ load: { histogram: [['1', 1]] } }, 'metrics.load.histogram.0.0 is a number'],
    [{ load: { histogram: [] } }, 'metrics.load.histogram needs a weight above 0'],
    [{ opened: { poisson: { mean: 1e9 } } }, 'metrics.opened.poisson.mean is at most 1000000'],
  ])('refuses %j', (metrics, message) => {
    expect(() => declare(metrics)).toThrow(message);
  });
});
