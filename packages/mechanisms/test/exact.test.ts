import {
  compare,
  expBelow,
  lnAbove,
  MechanismError,
  microEpsilon,
  plus,
  ratio,
  times,
  toNumber,
} from '@dither/mechanisms';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOf } from './support/ensure.js';
import { BITS, exp, fraction, UNIT } from './support/high-precision.js';

const MICRO = 1_000_000n;

describe('expBelow', () => {
  it('is below e^x, and by less than a part in 2^47', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 16_000_000 }), (micro) => {
        const below = expBelow(BigInt(micro), MICRO) << (BITS - 96n);
        const truth = exp(BigInt(micro), MICRO);
        expect(below < truth).toBe(true);
        expect(below + (below >> 47n) > truth).toBe(true);
      }),
    );
  });

  it('rises with its argument, down to the last millionth', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 15_999_999 }), (micro) => {
        expect(expBelow(BigInt(micro), MICRO) < expBelow(BigInt(micro) + 1n, MICRO)).toBe(true);
      }),
    );
  });
});

describe('lnAbove', () => {
  const bits = fc.integer({ min: 1, max: 130 }).chain((size) => fc.bigInt({ min: 1n, max: 1n << BigInt(size) }));
  const ratios = fc
    .tuple(bits, fc.oneof(bits, fc.bigInt({ min: 0n, max: 1000n })))
    .map(([denominator, more]) => ({ numerator: denominator + more, denominator }))
    .filter(({ numerator, denominator }) => numerator < denominator << 40n);

  it('is at or above the logarithm, by at most two units in the last place', () => {
    fc.assert(
      fc.property(ratios, ({ numerator, denominator }) => {
        const bound = lnAbove(numerator, denominator);
        const above = fraction(bound);
        const truth = (numerator * UNIT) / denominator;
        expect(exp(above.numerator, above.denominator) >= truth).toBe(true);
        const lower = fraction(bound * (1 - 2 ** -51));
        expect(bound === 0 || exp(lower.numerator, lower.denominator) <= truth + (truth >> 115n)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is zero for one, infinite over nothing, and the same for a fraction not in lowest terms', () => {
    expect(lnAbove(7n, 7n)).toBe(0);
    expect(lnAbove(7n, 0n)).toBe(Number.POSITIVE_INFINITY);
    fc.assert(
      fc.property(ratios, fc.bigInt({ min: 1n, max: 1n << 64n }), ({ numerator, denominator }, factor) => {
        expect(lnAbove(numerator * factor, denominator * factor)).toBe(lnAbove(numerator, denominator));
      }),
    );
  });

  it('inverts expBelow from below: what the thresholds are cut to never exceeds the declared epsilon', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16_000_000 }), (micro) => {
        expect(lnAbove(expBelow(BigInt(micro), MICRO), 1n << 96n)).toBeLessThanOrEqual(micro / 1e6);
      }),
    );
  });
});

describe('ratios', () => {
  const parts = fc.tuple(fc.bigInt({ min: 0n, max: 1n << 200n }), fc.bigInt({ min: 1n, max: 1n << 200n }));

  it('become the nearest double, to a unit in the last place', () => {
    fc.assert(
      fc.property(parts, ([numerator, denominator]) => {
        const x = toNumber(ratio(numerator, denominator));
        const [low, high] = [fraction(x * (1 - 2 ** -52)), fraction(x * (1 + 2 ** -52))];
        expect(compare(ratio(low.numerator, low.denominator), ratio(numerator, denominator))).toBeLessThanOrEqual(0);
        expect(compare(ratio(high.numerator, high.denominator), ratio(numerator, denominator))).toBeGreaterThanOrEqual(
          0,
        );
      }),
    );
  });

  it('add, multiply and compare as fractions do', () => {
    const [third, half] = [ratio(1n, 3n), ratio(1n, 2n)];
    expect(compare(plus(third, half), ratio(5n, 6n))).toBe(0);
    expect(compare(plus(third, third), ratio(2n, 3n))).toBe(0);
    expect(compare(times(third, half), ratio(1n, 6n))).toBe(0);
    expect(compare(third, half)).toBeLessThan(0);
    expect(compare(half, third)).toBeGreaterThan(0);
  });
});

describe('microEpsilon', () => {
  it('takes every number of millionths up to sixteen, written as a decimal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16_000_000 }), (micro) => {
        expect(microEpsilon(micro / 1e6)).toBe(micro);
      }),
    );
  });

  it('refuses what is finer, larger, negative or no number, with a MechanismError', () => {
    for (const epsilon of [0, -1, 0.0000005, 0.1234567, 16.000001, 17, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(codeOf(() => microEpsilon(epsilon))).toBe('epsilon-out-of-range');
    }
    expect(() => microEpsilon(0)).toThrow(MechanismError);
  });
});
