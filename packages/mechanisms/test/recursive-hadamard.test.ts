import { type MechanismError, probability, toNumber } from '@dither/mechanisms';
import { aggregator, channel, client, params } from '@dither/mechanisms/recursive-hadamard';
import { describe, expect, it } from 'vitest';
import { hadamardEntry } from '../src/encode/hadamard.js';
import { signedEstimator } from '../src/estimate/signed.js';
import { codeOf } from './support/ensure.js';
import { seededSource } from './support/seeded.js';

type Params = ReturnType<typeof params>;

/** What a symbol under a row says of a value, by the definition. */
function says(p: Params, row: number, symbol: number, value: number): number {
  const block = Math.floor(value / p.width);
  if (symbol >> 1 !== block) return 0;
  return (symbol & 1 ? -1 : 1) * hadamardEntry(row, value - block * p.width);
}

describe('params of recursive Hadamard response', () => {
  it('take the number of bits with the least variance over an even population', () => {
    for (const epsilon of [0.5, 1, 2, 3, 5, 6, 8, 16]) {
      for (const domainSize of [2, 5, 37, 128, 1030]) {
        const e = Math.exp(epsilon);
        let least = Number.POSITIVE_INFINITY;
        for (let bits = 1; bits <= Math.ceil(epsilon / Math.LN2); bits++) {
          const width = Math.ceil(domainSize / 2 ** (bits - 1));
          const sizes = Array.from({ length: domainSize }, (_, value) => {
            const block = Math.floor(value / width);
            return Math.min(width, domainSize - block * width);
          });
          const mass = sizes.reduce((sum, size) => sum + size, 0) / domainSize ** 2;
          least = Math.min(least, ((e + 2 ** bits - 1) * (2 + mass * (e - 1))) / (e - 1) ** 2 - 1 / domainSize);
        }
        const p = params({ epsilon, domainSize });
        const variance = aggregator.variance(p, new Float64Array(domainSize).fill(1 / domainSize), 1);
        const mean = variance.reduce((sum, x) => sum + x, 0) / domainSize;
        expect(mean / least).toBeCloseTo(1, 8);
      }
    }
  });

  it('are few bits: 1 at epsilon 1, 3 at 2, 6 at 4, and one byte up to 128 values whatever epsilon', () => {
    const bits = (epsilon: number, domainSize: number) => Math.log2(params({ epsilon, domainSize }).outputs);
    expect([bits(1, 1024), bits(2, 1024), bits(4, 1024)]).toEqual([1, 3, 6]);
    for (const epsilon of [0.01, 1, 5, 8, 16]) {
      expect(params({ epsilon, domainSize: 128 }).reportBytes).toBe(1);
    }
  });

  it('have a public draw for each row, and none where a block is one value', () => {
    expect(params({ epsilon: 1, domainSize: 1000 })).toMatchObject({ draws: 1024, rows: 1024, blocks: 1 });
    expect(params({ epsilon: 2, domainSize: 1030 })).toMatchObject({ draws: 512, rows: 512, blocks: 4, width: 258 });
    const single = params({ epsilon: 8, domainSize: 5 });
    expect([single.rows, single.draws]).toEqual([1, undefined]);
    const report = client.randomize(single, 3, seededSource('no draw'));
    expect(aggregator.decode(single, client.encode(single, report))).toBe(report);
  });
});

describe('reports of recursive Hadamard response', () => {
  const p = params({ epsilon: 2, domainSize: 7 });

  it('are the symbol of the value under their row, E times as likely as any other, for each row by itself', () => {
    for (let row = 0; row < p.rows; row++) {
      for (let value = 0; value < 7; value++) {
        const chances = Array.from({ length: p.outputs }, (_, symbol) =>
          toNumber(channel.likelihood(p, value, row * p.outputs + symbol)),
        );
        expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1 / p.rows, 12);
        const truth = chances.indexOf(Math.max(...chances));
        expect(says(p, row, truth, value)).toBe(1);
        expect((chances[truth] as number) / Math.min(...chances)).toBeCloseTo(Math.exp(2), 9);
      }
    }
  });

  it('do not hold their row: it is needed to read them', () => {
    const report = client.randomize(p, 4, seededSource('row'), 1);
    const bytes = client.encode(p, report);
    expect(bytes).toHaveLength(1);
    expect(bytes[0]).toBeLessThan(p.outputs);
    expect(aggregator.decode(p, bytes, 1)).toBe(report);
    expect(aggregator.decode(p, bytes, 0)).not.toBe(report);
    const refused: MechanismError['code'] = 'draw-out-of-range';
    expect(codeOf(() => aggregator.decode(p, bytes))).toBe(refused);
    expect(codeOf(() => client.randomize(p, 4, seededSource('row'), p.rows))).toBe(refused);
  });
});

describe('estimates of recursive Hadamard response', () => {
  for (const [epsilon, domainSize] of [
    [1, 6],
    [2, 13],
    [2, 100],
    [4, 100],
    [8, 12],
  ] as const) {
    it(`are sums over the reports by definition (epsilon ${epsilon}, ${domainSize} values)`, () => {
      const p = params({ epsilon, domainSize });
      const state = aggregator.empty(p);
      for (let row = 0; row < p.rows; row++) {
        for (let symbol = 0; symbol < p.outputs; symbol++) {
          // No symmetry in which rows and symbols, or the order of either, could be exchanged.
          const times = 50 + (((row * 31 + symbol * 7 + 3) ** 3 * 7919) % 61);
          for (let i = 0; i < times; i++) aggregator.accumulate(p, state, row * p.outputs + symbol);
        }
      }
      const estimate = signedEstimator({ keep: probability(p.keep), blocks: p.blocks }, state.n);
      const expected = Array.from({ length: domainSize }, (_, value) => {
        let [plus, minus] = [0, 0];
        for (let row = 0; row < p.rows; row++) {
          for (let symbol = 0; symbol < p.outputs; symbol++) {
            const said = says(p, row, symbol, value);
            const count = state.counts[row * p.outputs + symbol] as number;
            if (said > 0) plus += count;
            if (said < 0) minus += count;
          }
        }
        return estimate(plus, minus);
      });
      expect(aggregator.estimate(p, state)).toEqual(expected);
    });
  }
});
