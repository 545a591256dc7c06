import { estimateSupport, probability, type State, toNumber } from '@dither/mechanisms';
import { aggregator, channel, client, params } from '@dither/mechanisms/hadamard-response';
import { describe, expect, it } from 'vitest';
import { hadamardEntry } from '../src/encode/hadamard.js';
import { signedEstimator } from '../src/estimate/signed.js';
import { seededSource } from './support/seeded.js';

type Params = ReturnType<typeof params>;

/** What a report says of a value, by the definition: +1, -1, or nothing if it is about another block. */
function says(p: Params, report: number, value: number): number {
  const block = Math.floor(value / p.width);
  if (Math.floor(report / p.columns) !== block) return 0;
  return hadamardEntry(1 + value - block * p.width, report % p.columns);
}

/** So many of each report, without any symmetry. */
function unevenState(p: Params): State {
  const state = aggregator.empty(p);
  for (let report = 0; report < p.outputs; report++) {
    state.counts[report] = 100 + (((report + 3) ** 3 * 7919) % 61);
    state.n += state.counts[report] as number;
  }
  return state;
}

describe('params of Hadamard response', () => {
  it('are those of the paper: blocks, columns, reports', () => {
    const shape = (epsilon: number, domainSize: number) => {
      const { blocks, columns, outputs } = params({ epsilon, domainSize });
      return [blocks, columns, outputs];
    };
    expect(shape(0.5, 16)).toEqual([1, 32, 32]);
    expect(shape(0.5, 1000)).toEqual([1, 1024, 1024]);
    expect(shape(1, 1000)).toEqual([2, 512, 1024]);
    expect(shape(2, 1000)).toEqual([4, 256, 1024]);
    expect(shape(4, 16)).toEqual([16, 2, 32]);
    expect(shape(4, 1000)).toEqual([32, 64, 2048]);
    expect(shape(16, 2 ** 20)).toEqual([2 ** 20, 2, 2 ** 21]);
  });

  it('take the number of blocks from below e^epsilon, on either side of ln 4 and ln 8', () => {
    expect(params({ epsilon: 1.386294, domainSize: 100 }).blocks).toBe(2);
    expect(params({ epsilon: 1.386295, domainSize: 100 }).blocks).toBe(4);
    expect(params({ epsilon: 2.079441, domainSize: 100 }).blocks).toBe(4);
    expect(params({ epsilon: 2.079442, domainSize: 100 }).blocks).toBe(8);
  });

  it('spread the values over the blocks: 1,024 over two blocks of 512, not 1,023 and one', () => {
    const p = params({ epsilon: 1, domainSize: 1024 });
    expect([p.blocks, p.columns, p.width]).toEqual([2, 1024, 512]);
    const even = aggregator.variance(p, new Float64Array(1024).fill(1 / 1024), 1);
    expect(Math.max(...even) - Math.min(...even)).toBeLessThan(1e-12);
    expect(even[0]).toBeCloseTo(5.537, 3);
  });

  it('give each value half the columns of its block, E times as likely as any other', () => {
    for (const [epsilon, domainSize] of [
      [0.5, 7],
      [1, 5],
      [2, 11],
      [4, 3],
    ] as const) {
      const p = params({ epsilon, domainSize });
      for (let value = 0; value < domainSize; value++) {
        const chances = Array.from(channel.reports(p), (report) => toNumber(channel.likelihood(p, value, report)));
        const likely = chances.filter((chance) => chance > Math.min(...chances));
        expect(likely).toHaveLength(p.columns / 2);
        expect(Math.max(...chances) / Math.min(...chances)).toBeCloseTo(Math.exp(epsilon), 9);
        chances.forEach((chance, report) => {
          expect(chance > Math.min(...chances)).toBe(says(p, report, value) === 1);
        });
      }
    }
  });
});

describe('estimates of Hadamard response', () => {
  for (const [epsilon, domainSize] of [
    [0.5, 5],
    [1, 6],
    [1, 1000],
    [2, 13],
    [4, 100],
    [8, 12],
  ] as const) {
    it(`are sums over the reports by definition (epsilon ${epsilon}, ${domainSize} values)`, () => {
      const p = params({ epsilon, domainSize });
      const state = unevenState(p);
      const estimate = signedEstimator({ keep: probability(p.keep), blocks: p.blocks }, state.n);
      const expected = Array.from({ length: domainSize }, (_, value) => {
        let [plus, minus] = [0, 0];
        state.counts.forEach((count, report) => {
          const said = says(p, report, value);
          if (said > 0) plus += count;
          if (said < 0) minus += count;
        });
        return estimate(plus, minus);
      });
      expect(aggregator.estimate(p, state)).toEqual(expected);
    });
  }

  it('of a single block are those of any mechanism with support 1/2', () => {
    const p = params({ epsilon: 0.5, domainSize: 6 });
    const state = unevenState(p);
    const keep = probability(p.keep);
    const expected = Array.from({ length: 6 }, (_, value) => {
      const count = state.counts.reduce((sum, x, report) => sum + (says(p, report, value) > 0 ? x : 0), 0);
      return estimateSupport({ p: keep + (1 - keep) / 2, q: 0.5 }, count, state.n);
    });
    aggregator.estimate(p, state).forEach((estimate, value) => {
      const other = expected[value] as typeof estimate;
      for (const key of Object.keys(other) as (keyof typeof other)[]) expect(estimate[key]).toBeCloseTo(other[key], 12);
    });
  });

  it('have the variance of the formula, which depends on the mass of the block', () => {
    const p = params({ epsilon: 2, domainSize: 8 });
    expect([p.blocks, p.width]).toEqual([4, 2]);
    const shares = [0.4, 0.1, 0.05, 0.15, 0.2, 0, 0.02, 0.08];
    const e = Math.exp(2);
    const variance = aggregator.variance(p, shares, 1000);
    shares.forEach((share, value) => {
      const block = value - (value % 2);
      const mass = (shares[block] as number) + (shares[block + 1] as number);
      const formula = ((e + 7) * (2 + mass * (e - 1))) / (e - 1) ** 2 - share;
      expect(1000 * (variance[value] as number)).toBeCloseTo(formula, 9);
    });
  });
});

describe('the client of Hadamard response', () => {
  it('draws two words whatever it says', () => {
    const p = params({ epsilon: 2, domainSize: 100 });
    const inner = seededSource('two words');
    let drawn = 0;
    const source = Object.assign(Object.create(inner) as typeof inner, {
      next: () => {
        drawn++;
        return inner.next();
      },
    });
    for (let i = 0; i < 1000; i++) client.randomize(p, i % 100, source);
    expect(drawn).toBe(2000);
  });
});
