import type { FrequencyMechanism } from '@dither/mechanisms';
import * as cms from '@dither/mechanisms/count-mean-sketch';
import * as hcms from '@dither/mechanisms/hadamard-count-mean-sketch';
import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { hadamardEntry } from '../src/encode/hadamard.js';
import { hashPool } from '../src/encode/hash-pool.js';
import { checks, failedChecks } from './mechanism.contract.js';
import { UNBIASED } from './support/broken.js';
import { seededSource } from './support/seeded.js';

const DOMAIN = 200;

/** The sketch of the papers, before its correction: for each value the mean over rows of k times its cell. */
function meanOfRows(sketch: readonly Float64Array[], cellOf: (row: number, value: number) => number): number[] {
  return Array.from({ length: DOMAIN }, (_, value) =>
    sketch.reduce((sum, row, j) => sum + (row[cellOf(j, value)] as number), 0),
  ).map((sum) => sum / sketch.length);
}

/** Published: (m/(m-1)) (mean - n/m). Here 1/m is the share of rows in which two values collide. */
function corrected(mean: number, n: number, collision: number): number {
  return (1 / (1 - collision)) * (mean - n * collision);
}

/** n reports of a skewed population, and their public draws. */
function drawn<R>(n: number, draws: number, randomize: (value: number, draw: number) => R): R[] {
  const random = seedrandom('sketch');
  return Array.from({ length: n }, () => randomize(Math.floor(DOMAIN * random() ** 3), Math.floor(draws * random())));
}

describe('the count-mean sketch', () => {
  it('estimates as published, with the collisions of this pool for 1/m', () => {
    for (const epsilon of [0.5, 1, 3]) {
      const params = cms.params({ epsilon, domainSize: DOMAIN });
      const { pool, cells, bits } = params;
      const source = seededSource('cms');
      const n = 3000;
      const reports = drawn(n, pool.rows, (value, draw) => cms.client.randomize(params, value, source, draw));
      const set = bits.set.high / 2 ** 32 + bits.set.low / 2 ** 64;
      // (e^(epsilon/2) + 1)/(e^(epsilon/2) - 1), of the probabilities in use.
      const c = 1 / (2 * set - 1);
      const sketch = Array.from({ length: pool.rows }, () => new Float64Array(cells));
      const state = cms.aggregator.empty(params);
      for (const report of reports) {
        const row = sketch[report.row] as Float64Array;
        for (let cell = 0; cell < cells; cell++) {
          const sign = ((report.bits[cell >> 3] as number) >> (cell & 7)) & 1 ? 1 : -1;
          row[cell] = (row[cell] as number) + pool.rows * ((c / 2) * sign + 1 / 2);
        }
        cms.aggregator.accumulate(params, state, report);
      }
      const means = meanOfRows(sketch, pool.cellOf);
      cms.aggregator.estimate(params, state).forEach(({ value }, i) => {
        expect(value).toBeCloseTo(corrected(means[i] as number, n, pool.collision) / n, 9);
      });
    }
  });

  it('corrects by m/(m-1), but for one part in the number of points', () => {
    const { cells, pool } = cms.params({ epsilon: 1, domainSize: 1024 });
    expect([cells, pool.rows, pool.points]).toEqual([64, 65, 4096]);
    expect(1 / (1 - pool.collision)).toBeCloseTo((cells / (cells - 1)) * (1 - 1 / pool.points), 14);
  });

  it('has as few cells as cost a twentieth of the variance without collisions', () => {
    const ratioAt = (epsilon: number, cells: number, domainSize: number) => {
      const [p, c] = [1 / (1 + Math.exp(-epsilon / 2)), hashPool(cells, domainSize).collision];
      const variance = (q: number) => (q * (1 - q)) / (p - q) ** 2;
      return variance(c * p + (1 - c) * (1 - p)) / variance(1 - p);
    };
    for (const epsilon of [0.5, 1, 2, 4]) {
      for (const domainSize of [16, 100, 1024, 65_536]) {
        const { cells } = cms.params({ epsilon, domainSize });
        expect(ratioAt(epsilon, cells, domainSize)).toBeLessThanOrEqual(1.05);
        expect(ratioAt(epsilon, cells / 2, domainSize)).toBeGreaterThan(1.05);
      }
    }
    expect(cms.params({ epsilon: 16, domainSize: 65_536 }).cells).toBe(1024);
  });
});

describe('the Hadamard count-mean sketch', () => {
  it('estimates as published, with the collisions of this pool for 1/m', () => {
    for (const epsilon of [0.5, 1, 3]) {
      const params = hcms.params({ epsilon, domainSize: DOMAIN });
      const { pool, cells, draws, truth } = params;
      const source = seededSource('hcms');
      const n = 3000;
      const reports = drawn(n, draws, (value, draw) => hcms.client.randomize(params, value, source, draw));
      // (E + 1)/(E - 1), of the probability in use.
      const c = 1 / (2 * (truth.high / 2 ** 32 + truth.low / 2 ** 64) - 1);
      const transformed = Array.from({ length: pool.rows }, () => new Float64Array(cells));
      const state = hcms.aggregator.empty(params);
      for (const report of reports) {
        const draw = Math.floor(report / 2);
        const row = transformed[Math.floor(draw / cells)] as Float64Array;
        row[draw % cells] = (row[draw % cells] as number) + pool.rows * c * (report % 2 === 0 ? 1 : -1);
        hcms.aggregator.accumulate(params, state, report);
      }
      // M H, term by term: H is symmetric.
      const sketch = transformed.map((row) =>
        row.map((_, cell) => row.reduce((sum, x, l) => sum + x * hadamardEntry(l, cell), 0)),
      );
      const means = meanOfRows(sketch, pool.cellOf);
      hcms.aggregator.estimate(params, state).forEach(({ value }, i) => {
        expect(value).toBeCloseTo(corrected(means[i] as number, n, pool.collision) / n, 9);
      });
    }
  });
});

/** A sketch with two cells: of small domains, which the contract enumerates, the usual one has a single row. */
function inTwoCells(
  id: string,
  parts: typeof cms | typeof hcms,
  drawsPerRow: number,
  hash: (value: number) => number = (value) => value,
): FrequencyMechanism {
  const whole = { id, answers: 'frequencies', ...parts } as unknown as FrequencyMechanism;
  const params: typeof parts.params = (options) => {
    const { draws: _, ...made } = parts.params(options) as cms.CountMeanSketchParams;
    const pool = hashPool(2, options.domainSize);
    const draws = drawsPerRow * pool.rows;
    const cellOf = (row: number, value: number) => pool.cellOf(row, hash(value));
    const other = {
      ...made,
      ...(draws > 1 && { draws }),
      reportBytes: 1,
      cells: 2,
      pool: Object.freeze({ ...pool, cellOf }),
    };
    return Object.freeze(other) as never;
  };
  return { ...whole, client: { ...whole.client, params } as never };
}

describe('sketches of several rows', () => {
  it('keep the contract, by enumeration of all rows', () => {
    expect(failedChecks(inTwoCells('count-mean-sketch', cms, 1))).toEqual([]);
    expect(failedChecks(inTwoCells('hadamard-count-mean-sketch', hcms, 2))).toEqual([]);
  });

  it('are refused where rows disregard a digit', () => {
    expect(() => checks[UNBIASED](inTwoCells('count-mean-sketch', cms, 1, (value) => value & ~1))).toThrow();
    expect(() => checks[UNBIASED](inTwoCells('hadamard-count-mean-sketch', hcms, 2, (value) => value & ~1))).toThrow();
  });
});
