import { ifForged, type State } from '@dither/mechanisms';
import { describe, expect, it } from 'vitest';
import * as grr from '../src/mechanisms/grr.js';
import * as oneBitMean from '../src/mechanisms/one-bit-mean.js';
import * as oue from '../src/mechanisms/oue.js';
import * as piecewise from '../src/mechanisms/piecewise.js';
import { codeOf } from './support/ensure.js';

/** All ways to choose one report for each of `n`, as lists. */
function choices<R>(reports: readonly R[], n: number): R[][] {
  return n === 0 ? [[]] : choices(reports, n - 1).flatMap((rest) => reports.map((report) => [...rest, report]));
}

describe('the worst case of forged reports', () => {
  it.each([
    ['grr', grr, 3],
    ['piecewise', piecewise, 3],
    ['one-bit-mean', oneBitMean, 3],
  ] as const)(
    'holds the honest estimate of %s whatever is forged, and no less will do',
    (_id, mechanism, domainSize) => {
      const params = mechanism.params({ epsilon: 1, domainSize }) as never;
      const { aggregator } = mechanism as unknown as typeof grr;
      const reports = [...(mechanism as unknown as typeof grr).channel.reports(params)];
      const count = (chosen: readonly number[]): State => {
        const state = aggregator.empty(params);
        for (const report of chosen) aggregator.accumulate(params, state, report);
        return state;
      };
      aggregator.quantities(params).forEach(({ reach }, j) => {
        const gaps = { low: Number.POSITIVE_INFINITY, high: Number.POSITIVE_INFINITY };
        for (const honest of choices(reports, 2)) {
          const truth = aggregator.estimate(params, count(honest))[j];
          if (truth === undefined || truth.n < 2) continue;
          for (const forged of choices(reports, 2)) {
            const estimate = aggregator.estimate(params, count([...honest, ...forged]))[j];
            if (estimate === undefined) throw new Error('no estimate');
            // Two of four reports are forged, and more of those that answered.
            const { low, high, shift } = ifForged(estimate, reach, 1 / 2, 4);
            const slack = 1e-9 * (reach[1] - reach[0]);
            expect(truth.value).toBeGreaterThanOrEqual(low - slack);
            expect(truth.value).toBeLessThanOrEqual(high + slack);
            expect(Math.abs(truth.value - estimate.value)).toBeLessThanOrEqual(shift + slack);
            gaps.low = Math.min(gaps.low, Math.abs(truth.value - low));
            gaps.high = Math.min(gaps.high, Math.abs(truth.value - high));
          }
        }
        expect(gaps.low).toBeLessThan(1e-9 * (reach[1] - reach[0]));
        expect(gaps.high).toBeLessThan(1e-9 * (reach[1] - reach[0]));
      });
    },
  );

  /** Sum over targets of how far a share is pushed, by `ifForged` turned around: what forgers of `share` make of `honest`. */
  const pushed = (honest: number, says: number, share: number) => (1 - share) * honest + share * says;

  it('has the maximal gain of Cao, Jia, Gong for OUE, whose report may support every target', () => {
    const params = oue.params({ epsilon: 1, domainSize: 100 });
    const { reach } = oue.aggregator.quantities(params)[0] ?? { reach: [0, 0] as const };
    const [targets, share, mass] = [10, 0.05, 0.01];
    const honest = mass / targets;
    const forged = pushed(honest, reach[1], share);
    const { low } = ifForged({ value: forged, n: 1000 }, reach, share);
    expect(low).toBeCloseTo(honest, 12);
    // beta (2r - f_T) + 2 beta r / (E - 1), table 1 there; q is rounded by a ten-thousandth of epsilon.
    const gain = share * (2 * targets - mass) + (2 * share * targets) / (Math.E - 1);
    expect((targets * (forged - honest)) / gain).toBeCloseTo(1, 3);
  });

  it('has their gain for GRR, whose report supports one target and speaks against the others', () => {
    const params = grr.params({ epsilon: 1, domainSize: 100 });
    const { reach } = grr.aggregator.quantities(params)[0] ?? { reach: [0, 0] as const };
    const [targets, share, mass] = [10, 0.05, 0.01];
    const said = (reach[1] + (targets - 1) * reach[0]) / targets;
    const forged = pushed(mass / targets, said, share);
    const gain = share * (1 - mass) + (share * (100 - targets)) / (Math.E - 1);
    expect((targets * forged - mass) / gain).toBeCloseTo(1, 9);
    expect(ifForged({ value: forged, n: 1000 }, reach, share).low).toBeLessThan(mass / targets);
  });

  it('is nothing without forged reports, and anything where all answers may be forged', () => {
    expect(ifForged({ value: 0.25, n: 10 }, [-1, 2], 0)).toEqual({ low: 0.25, high: 0.25, shift: 0 });
    expect(ifForged({ value: 0.25, n: 10 }, [-1, 2], 0.5)).toEqual({ low: -1.5, high: 1.5, shift: 1.75 });
    const anything = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, shift: Number.POSITIVE_INFINITY };
    expect(ifForged({ value: 0.25, n: 10 }, [-1, 2], 0.25, 40)).toEqual(anything);
    expect(ifForged({ value: Number.NaN, n: 0 }, [-1, 2], 0.1, 40)).toEqual(anything);
    expect(ifForged({ value: Number.NaN, n: 0 }, [-1, 2], 0)).toEqual(anything);
  });
});

describe('a share that is none', () => {
  it('is refused', () => {
    for (const share of [-0.1, 1, 2, Number.NaN]) {
      expect(codeOf(() => ifForged({ value: 0.5, n: 10 }, [-1, 2], share))).toBe('option-invalid');
    }
  });
});
