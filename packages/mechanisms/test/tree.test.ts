import {
  bitChannel,
  type DistributionMechanism,
  expBelow,
  lnAbove,
  microEpsilon,
  numerator,
  recordedSource,
} from '@dither/mechanisms';
import { describe, expect, it } from 'vitest';
import { groupsOf, type TreeShape, treeShape } from '../src/encode/tree-shape.js';
import { estimateRatio } from '../src/estimate/distribution/ratio.js';
import { treeFit } from '../src/estimate/distribution/tree-fit.js';
import { covarianceAt } from '../src/estimate/distribution/tree-variance.js';
import * as tree from '../src/mechanisms/tree.js';
import { indexCase } from './contract/case.js';
import { checkLikelihoods, checkPrivacy } from './contract/channel.js';
import { codeOf, hex } from './support/ensure.js';
import { exactLaw, looksOf } from './support/exact-law.js';
import { checkUnknown } from './support/nobody.js';
import { seededSource } from './support/seeded.js';
import { drawTreeState, expectedTreeState, populations, truePlace, wholeClients } from './support/tree-world.js';

const { aggregator, channel, client, params } = tree;
const mechanism = { id: 'tree', answers: 'distribution', ...tree } as unknown as DistributionMechanism;

const question = (cells: number) => ({
  quantiles: [0.05, 0.5, 0.75, 0.95],
  above: [0, cells >> 1, cells],
  amounts: Array.from({ length: cells }, (_, i) => i + 0.5),
});

describe('the levels of a tree', () => {
  it('are groups of 1, 4, 16 .. cells, as long as there are three of them', () => {
    expect([2, 4, 8, 9, 64, 128, 256, 4096].map((cells) => treeShape(cells).widths.length)).toEqual([
      1, 1, 1, 2, 3, 3, 4, 6,
    ]);
    expect(params({ epsilon: 1, domainSize: 257 })).toMatchObject({ levelBits: [257, 65, 17, 5], reportBytes: 34 });
    expect(params({ epsilon: 1, domainSize: 11 })).toMatchObject({ levelBits: [11, 4], reportBytes: 3 });
  });

  it('take 2 to 4,096 cells', () => {
    for (const domainSize of [2, 0, 3.5, 4098, Number.NaN]) {
      expect(codeOf(() => params({ epsilon: 1, domainSize }))).toBe('domain-size-out-of-range');
    }
    expect(codeOf(() => params({ epsilon: 0, domainSize: 5 }))).toBe('epsilon-out-of-range');
  });
});

describe('the channel', () => {
  it('keeps epsilon, and is a distribution for each value, by enumeration of two levels', () => {
    for (const epsilon of [1, 16]) {
      const one = indexCase(mechanism, epsilon, 10);
      checkPrivacy(one);
      checkLikelihoods(one);
    }
  });

  it('would break the promise if "other" were a part in 4096 less', () => {
    const p = params({ epsilon: 1, domainSize: 5 });
    const bound = lnAbove(expBelow(BigInt(microEpsilon(1)), 1_000_000n), 1n << 96n);
    expect(channel.effectiveEpsilon(p)).toBeLessThanOrEqual(bound);
    const q = numerator(p.bits.unset);
    const broken = { ...p, bits: bitChannel(numerator(p.bits.set), q - (q >> 12n)) };
    expect(channel.effectiveEpsilon(broken)).toBeGreaterThan(1);
    expect(() => checkPrivacy({ ...indexCase(mechanism, 1, 5), params: broken })).toThrow();
  });
});

describe('the client', () => {
  it.each([3])('has exactly the law of the channel, and draws words alike for all values: domain %i', (domainSize) => {
    for (const epsilon of [0.000001, 1, 16]) {
      const p = params({ epsilon, domainSize });
      const picks = seededSource('tree/law');
      const pick = (size: number) => Math.floor((picks.next() / 2 ** 32) * size);
      const laws = Array.from({ length: domainSize }, (_, value) =>
        exactLaw(
          (source) => hex(client.encode(p, client.randomize(p, value, source))),
          looksOf(p, [p.levelBits.length], Math.max(...p.levelBits)),
          pick,
          4,
        ),
      );
      laws.forEach((law, value) => {
        expect(law.unresolved < law.unit >> 60n).toBe(true);
        for (const report of channel.reports(p)) {
          const likelihood = channel.likelihood(p, value, report);
          const mass = law.results.get(hex(report)) ?? 0n;
          expect(mass * likelihood.denominator <= likelihood.numerator * law.unit).toBe(true);
          expect(likelihood.numerator * law.unit <= (mass + law.unresolved) * likelihood.denominator).toBe(true);
        }
        expect([...law.words].sort()).toEqual([...(laws[0]?.words ?? [])].sort());
      });
    }
  });

  it('draws the level first, and then as many words for 32 bits of that level whatever the value', () => {
    const p = params({ epsilon: 1, domainSize: 257 });
    for (const [level, bits] of p.levelBits.entries()) {
      // The largest word sets no bit.
      const words = [level, ...new Array<number>(p.bits.digits * Math.ceil(bits / 32)).fill(2 ** 32 - 1)];
      for (let value = 0; value < 257; value++) {
        const report = client.randomize(p, value, recordedSource(words));
        expect([...report]).toEqual([level, ...new Array<number>(33).fill(0)]);
        expect(codeOf(() => client.randomize(p, value, recordedSource(words.slice(0, -1))))).toBe('source-exhausted');
      }
    }
  });

  it('refuses a value outside the domain before it draws a word', () => {
    const p = params({ epsilon: 1, domainSize: 5 });
    for (const value of [-1, 5, 0.5, Number.NaN]) {
      expect(codeOf(() => client.randomize(p, value, recordedSource([])))).toBe('value-out-of-range');
    }
  });
});

describe('bytes', () => {
  it('are read back, every report of two levels, and every other byte string is refused', () => {
    const p = params({ epsilon: 1, domainSize: 10 });
    const reports = new Set([...channel.reports(p)].map((report) => hex(aggregator.decode(p, report))));
    expect(reports.size).toBe(2 ** 10 + 2 ** 4);
    let refused = 0;
    for (let level = 0; level < 4; level++) {
      for (let bits = 0; bits < 8192; bits++) {
        const bytes = Uint8Array.of(level, bits & 255, bits >> 8);
        if (reports.has(hex(bytes))) continue;
        refused++;
        if (codeOf(() => aggregator.decode(p, bytes)) !== 'report-malformed') throw new Error(`took ${hex(bytes)}`);
      }
    }
    expect(refused).toBe(4 * 8192 - reports.size);
    for (const length of [0, 2, 4]) {
      expect(codeOf(() => aggregator.decode(p, new Uint8Array(length)))).toBe('report-malformed');
    }
  });

  it('count where they belong, also after a merge', () => {
    const p = params({ epsilon: 1, domainSize: 10 });
    const [a, b] = [aggregator.empty(p), aggregator.empty(p)];
    aggregator.accumulate(p, a, aggregator.decode(p, Uint8Array.of(0, 0b1000_0001, 0b10)));
    aggregator.accumulate(p, b, aggregator.decode(p, Uint8Array.of(1, 0b1010, 0)));
    aggregator.merge(p, a, b);
    expect(a.n).toBe(2);
    expect([...a.counts]).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 1, 0, 1]);
    const other = aggregator.empty(params({ epsilon: 1, domainSize: 11 }));
    expect(codeOf(() => aggregator.merge(p, a, other))).toBe('state-mismatch');
    expect(codeOf(() => aggregator.distribution(p, other, question(9)))).toBe('state-mismatch');
  });
});

/** Weighted least squares by normal equations: what the two passes must equal. */
function denseFit(shape: TreeShape, sizes: readonly number[], rootSize: number, measured: number[][], root: number) {
  const { cells } = shape;
  const rows = measured.flatMap((level, l) =>
    level.map((share, i) => ({
      row: Array.from({ length: cells }, (_, c) => Number(Math.floor(c / (shape.widths[l] as number)) === i)),
      share,
      weight: sizes[l] as number,
    })),
  );
  rows.push({ row: new Array<number>(cells).fill(1), share: root, weight: rootSize });
  const system = Array.from({ length: cells }, (_, i) => [
    ...Array.from({ length: cells }, (_, j) =>
      rows.reduce((sum, { row, weight }) => sum + weight * (row[i] as number) * (row[j] as number), 0),
    ),
    rows.reduce((sum, { row, weight, share }) => sum + weight * (row[i] as number) * share, 0),
  ]);
  // Gauss and Jordan; the matrix is positive definite.
  system.forEach((pivotRow, i) => {
    const pivot = pivotRow[i] as number;
    for (let j = i; j <= cells; j++) pivotRow[j] = (pivotRow[j] as number) / pivot;
    system.forEach((row, k) => {
      const factor = row[i] as number;
      if (k !== i) for (let j = i; j <= cells; j++) row[j] = (row[j] as number) - factor * (pivotRow[j] as number);
    });
  });
  return system.map((row) => row[cells] as number);
}

describe('the fit', () => {
  const random = seededSource('tree/fit');
  const uniform = () => random.next() / 2 ** 32;
  const trees = [2, 5, 9, 17, 23, 36, 50].map((cells) => {
    const shape = treeShape(cells);
    const sizes = shape.widths.map(() => 1 + Math.floor(100 * uniform()));
    const measured = shape.widths.map((_, l) => Array.from({ length: groupsOf(shape, l) }, uniform));
    return { shape, sizes, measured, root: uniform() };
  });

  it('is the weighted least squares solution, also with short last groups', () => {
    for (const { shape, sizes, measured, root } of trees) {
      const fitted = treeFit(shape, sizes, 300).leaves(measured, root);
      denseFit(shape, sizes, 300, measured, root).forEach((share, cell) => {
        expect(fitted[cell]).toBeCloseTo(share, 10);
      });
    }
  });

  it('has functionals with coefficients that give the same sums', () => {
    for (const { shape, sizes, measured, root } of trees) {
      const fit = treeFit(shape, sizes, 300);
      const weights = Array.from({ length: shape.cells }, uniform);
      const { levels, root: rootCoefficient } = fit.functional(weights);
      const bySums = fit.leaves(measured, root).reduce((sum, share, c) => sum + share * (weights[c] as number), 0);
      const byCoefficients = measured.flatMap((level, l) =>
        level.map((share, i) => share * (levels[l]?.[i] as number)),
      );
      expect(byCoefficients.reduce((a, b) => a + b, rootCoefficient * root)).toBeCloseTo(bySums, 10);
    }
  });
});

describe('the covariance', () => {
  it('is exact: all ways to assign six clients to two levels, and the law of each bit', () => {
    const shape: TreeShape = { cells: 3, widths: [1, 2] };
    const values = [0, 0, 1, 2, 3, 3];
    const n = values.length;
    const shares = [2 / n, 1 / n, 1 / n];
    const answer = { base: 3.7, perShare: 0.8 };
    const weights = [1, 0.3, -2];
    for (const asked of [1, 2, 3]) {
      const fit = treeFit(shape, [asked, n - asked], n);
      const functional = fit.functional(weights);
      const { levels, root } = functional;
      const group = (level: number, value: number) => (level === 0 ? value : value >> 1);
      let [count, mean, square, noise] = [0, 0, 0, 0];
      for (let assignment = 0; assignment < 2 ** n; assignment++) {
        const level = (i: number) => (((assignment >> i) & 1) === 1 ? 0 : 1);
        if (values.filter((_, i) => level(i) === 0).length !== asked) continue;
        let sum = 0;
        values.forEach((value, i) => {
          const l = level(i);
          const size = l === 0 ? asked : n - asked;
          (levels[l] as Float64Array).forEach((a, j) => {
            const isOwn = value < 3 && group(l, value) === j;
            sum += isOwn ? a / size : 0;
            noise += (a * a * (answer.base + (isOwn ? answer.perShare : 0))) / size ** 2;
          });
          noise += (root * root * (answer.base + (value === 3 ? answer.perShare : 0))) / n ** 2;
        });
        count++;
        mean += sum;
        square += sum * sum;
      }
      const exact = square / count - (mean / count) ** 2 + noise / count;
      expect(mean / count + (root * 4) / n).toBeCloseTo((2 * 1 + 0.3 - 2) / n, 12);
      expect(covarianceAt(fit, n, answer, shares)(functional, functional)).toBeCloseTo(exact, 12);
    }
  });
});

describe('a ratio', () => {
  it('has the interval of Fieller: at its ends the test statistic is z', () => {
    const pair = { numerator: 0.2, denominator: 0.7, covariance: [0.01, 0.004, 0.02] } as const;
    for (const z of [1, 1.96, 3]) {
      const { low, high } = estimateRatio(pair, z, [0, 1]);
      for (const r of [low, high]) {
        const statistic = (0.2 - r * 0.7) / Math.sqrt(0.01 - 2 * r * 0.004 + r * r * 0.02);
        expect(Math.abs(statistic)).toBeCloseTo(z, 9);
      }
    }
  });

  it('says nothing where the denominator may be zero', () => {
    const pair = { numerator: 0.2, denominator: 0.1, covariance: [0.01, 0, 0.01] } as const;
    expect(estimateRatio(pair, 1.96, [0, 7])).toEqual({
      value: 2,
      standardError: Number.POSITIVE_INFINITY,
      low: 0,
      high: 7,
    });
  });
});

describe('estimates', () => {
  it('are the truth on an expected state', () => {
    for (const { shares, withEvent } of Object.values(populations)) {
      const p = params({ epsilon: 1, domainSize: 257 });
      const holders = wholeClients(shares, withEvent, 2 ** 40);
      const found = aggregator.distribution(p, expectedTreeState(p, holders), question(256));
      const events = 2 ** 40 - (holders[256] as number);
      const sum = (weight: (cell: number) => number) =>
        holders.slice(0, 256).reduce((total, count, cell) => total + count * weight(cell), 0) / events;
      expect(found.withEvent.value).toBeCloseTo(events / 2 ** 40, 7);
      expect(found.mean.value).toBeCloseTo(
        sum((cell) => cell + 0.5),
        4,
      );
      expect(found.above.map(({ value }) => value)).toEqual([
        expect.closeTo(1, 12),
        expect.closeTo(
          sum((cell) => Number(cell >= 128)),
          6,
        ),
        expect.closeTo(0, 12),
      ]);
      for (const { quantile, place, low, high } of found.quantiles) {
        expect(place).toBeCloseTo(truePlace(holders, quantile), 3);
        expect(low <= place && place <= high && high - low < 0.2).toBe(true);
      }
      expect(found.histogram.length).toBe(16);
      for (const { from, to, share } of found.histogram) {
        expect(share.value).toBeCloseTo(
          sum((cell) => Number(cell >= from && cell < to)),
          6,
        );
      }
    }
  });

  it('know nothing without reports', () => {
    for (const cells of [2, 7, 300]) {
      const p = params({ epsilon: 1, domainSize: cells + 1 });
      const found = aggregator.distribution(p, aggregator.empty(p), question(cells));
      expect(found.n).toBe(0);
      for (const { place, low, high, outerLow, outerHigh } of found.quantiles) {
        expect([place, low, high, outerLow, outerHigh]).toEqual([Number.NaN, 0, cells, 0, cells]);
      }
      expect([found.mean.low, found.mean.high]).toEqual([0.5, cells - 0.5]);
      for (const share of [...found.above, ...found.histogram.map((group) => group.share), found.withEvent]) {
        expect([share.low, share.high, share.standardError]).toEqual([0, 1, Number.POSITIVE_INFINITY]);
      }
    }
  });

  it('hold together for any single report, few reports, and nobody with an event', () => {
    for (const [epsilon, cells] of [
      [0.1, 2],
      [1, 9],
      [16, 9],
      [1, 300],
    ] as const) {
      const p = params({ epsilon, domainSize: cells + 1 });
      const states = [1, 2, 10, 1000].flatMap((n) =>
        [0, 0.5, 1].map((withEvent) => {
          const holders = wholeClients(new Array<number>(cells).fill(1 / cells), withEvent, n);
          return drawTreeState(p, holders, seededSource(`few/${n}/${cells}/${withEvent}`));
        }),
      );
      if (cells < 10) {
        for (const [i, report] of [...channel.reports(p)].entries()) {
          if (i % 7 !== 0) continue;
          const state = aggregator.empty(p);
          aggregator.accumulate(p, state, report);
          states.push(state);
        }
      }
      for (const state of states) {
        const { curve, quantiles, above, histogram, mean, withEvent } = aggregator.distribution(
          p,
          state,
          question(cells),
        );
        expect(curve.every((share) => share >= -1e-12)).toBe(true);
        expect(curve.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
        for (const { low, high, place } of quantiles) {
          expect(0 <= low && low <= high && high <= cells).toBe(true);
          expect(Number.isNaN(place) || (place >= low && place <= high)).toBe(true);
        }
        for (const { low, high } of [...above, ...histogram.map((group) => group.share), mean, withEvent]) {
          expect(low).toBeLessThanOrEqual(high);
        }
      }
    }
  });

  it('say nothing where nobody may have had an event', () => {
    const p = params({ epsilon: 1, domainSize: 257 });
    checkUnknown(seededSource('tree/nobody'), (withEvent, source) => {
      const holders = wholeClients(populations.uniform.shares, withEvent, 20_000);
      return aggregator.distribution(p, drawTreeState(p, holders, source), question(256));
    });
  });

  it('have outer ends on the borders of the cells that the interval touches', () => {
    const p = params({ epsilon: 4, domainSize: 257 });
    const holders = wholeClients(populations.uniform.shares, 1, 100_000);
    const { quantiles } = aggregator.distribution(p, drawTreeState(p, holders, seededSource('outer')), question(256));
    for (const { low, high, outerLow, outerHigh } of quantiles) {
      expect([outerLow, outerHigh]).toEqual([Math.floor(low), Math.ceil(high)]);
    }
  });

  it('find the quantiles of 4,096 cells', () => {
    const p = params({ epsilon: 4, domainSize: 4097 });
    const holders = wholeClients(new Array<number>(4096).fill(1 / 4096), 0.9, 1_000_000);
    const state = drawTreeState(p, holders, seededSource('tree/4096'));
    for (const { quantile, place, low, high } of aggregator.distribution(p, state, question(4096)).quantiles) {
      expect(Math.abs(place - truePlace(holders, quantile))).toBeLessThan(40);
      expect(high - low).toBeLessThan(80);
    }
  });
});

describe('quantileError', () => {
  const shares = [...populations['waits, logarithmic axis'].shares, 0];
  const errorAt = (epsilon: number, n: number, quantile = 0.75) =>
    aggregator.quantileError(params({ epsilon, domainSize: 257 }), n, shares, quantile);

  it('falls with the root of the number of reports, and with epsilon', () => {
    const ratio = errorAt(1, 1e8) / errorAt(1, 1e10);
    expect(Math.abs(ratio / 10 - 1)).toBeLessThan(0.05);
    expect(errorAt(2, 1e6)).toBeLessThan(errorAt(1, 1e6));
    expect(errorAt(1, 1e5, 0.95)).toBeGreaterThan(errorAt(1, 1e5, 0.5));
  });

  it('is that of a guess where nothing is known: 0.29 of the range, or more off its middle', () => {
    for (const [epsilon, n] of [
      [1, 1],
      [1, 0],
      [0.01, 100_000],
    ] as const) {
      expect(errorAt(epsilon, n) / 256).toBeGreaterThan(0.288);
      expect(errorAt(epsilon, n) / 256).toBeLessThan(0.578);
    }
  });
});
