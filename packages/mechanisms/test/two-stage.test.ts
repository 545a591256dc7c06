import type { Channel, FrequencyAggregator, LatchedIndexClient, LatchedIndexParams, Ratio } from '@dither/mechanisms';
import { compare, expBelow, lnAbove, MICRO, plus, ratio, toNumber } from '@dither/mechanisms';
import * as dBitFlip from '@dither/mechanisms/d-bit-flip';
import * as lGrr from '@dither/mechanisms/l-grr';
import * as lOsue from '@dither/mechanisms/l-osue';
import * as loloha from '@dither/mechanisms/loloha';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOf } from './support/ensure.js';
import { seededSource } from './support/seeded.js';

/** What the mechanisms with two stages over indices export beside the contract. */
interface TwoStage {
  readonly client: LatchedIndexClient<LatchedIndexParams, unknown>;
  readonly aggregator: FrequencyAggregator<LatchedIndexParams, unknown>;
  readonly channel: Channel<LatchedIndexParams, unknown>;
  permanentLikelihood(params: LatchedIndexParams, value: number, permanent: Uint8Array): Ratio;
  repeatsLikelihood(params: LatchedIndexParams, value: number, reports: readonly unknown[]): Ratio;
  /** Not of dBitFlip, whose reports are what is stored. */
  effectiveInfinity?(params: LatchedIndexParams): number;
}

const L_GRR = lGrr as unknown as TwoStage;
const L_OSUE = lOsue as unknown as TwoStage;
const LOLOHA = loloha as unknown as TwoStage;
const D_BIT_FLIP = dBitFlip as unknown as TwoStage;

interface Case {
  readonly name: string;
  readonly mechanism: TwoStage;
  readonly params: LatchedIndexParams;
}

const EPSILONS = [
  [0.8, 2],
  [1.8, 3],
  [0.000001, 0.000002],
  [15, 16],
] as const;

function cases(mechanism: TwoStage, domainSizes: readonly number[]): Case[] {
  return domainSizes.flatMap((domainSize) =>
    EPSILONS.map(([epsilonFirst, larger]) => {
      const epsilonInfinity = mechanism === D_BIT_FLIP ? epsilonFirst : larger;
      const params = mechanism.client.params({ epsilonFirst, epsilonInfinity, reports: 3, domainSize });
      return { name: `${mechanism.client.id}, ${domainSize} values, epsilon ${epsilonFirst}`, mechanism, params };
    }),
  );
}

const SMALL = [
  ...cases(L_GRR, [2, 3, 5]),
  ...cases(L_OSUE, [2, 3]),
  ...cases(LOLOHA, [2, 3]),
  ...cases(D_BIT_FLIP, [2, 5]),
];

/** The largest ratio of the likelihoods of what is seen, over all pairs of values. */
function worst<S>(
  { domainSize }: LatchedIndexParams,
  seen: Iterable<S>,
  likelihood: (value: number, what: S) => Ratio,
) {
  let largest = ratio(1n, 1n);
  for (const what of seen) {
    const each = Array.from({ length: domainSize }, (_, value) => likelihood(value, what));
    const most = each.reduce((a, b) => (compare(a, b) > 0 ? a : b));
    const least = each.reduce((a, b) => (compare(a, b) < 0 ? a : b));
    // Reports that are of no one stored thing.
    if (most.numerator === 0n) continue;
    const quotient = ratio(most.numerator * least.denominator, most.denominator * least.numerator);
    if (compare(quotient, largest) > 0) largest = quotient;
  }
  return largest;
}

/** All sequences of so many reports that may be of one stored thing. */
function* sequences({ mechanism, params }: Case, length: number): Generator<unknown[]> {
  const all = [...mechanism.channel.reports(params)];
  const bytes = all.map((report) => mechanism.client.encode(params, report));
  // Of two reports of one epoch, the first byte of dBitFlip and the hash function of LOLOHA are the same.
  const isPossible = (a: number, b: number) => {
    if (mechanism === LOLOHA) {
      const { cells } = params as loloha.LolohaParams;
      return Math.floor(Number(all[a]) / cells) === Math.floor(Number(all[b]) / cells);
    }
    return mechanism !== D_BIT_FLIP || bytes[a]?.join() === bytes[b]?.join();
  };
  const extend = function* (before: number[]): Generator<unknown[]> {
    if (before.length === length) {
      yield before.map((i) => all[i]);
      return;
    }
    for (let next = 0; next < all.length; next++) {
      if (before.length === 0 || isPossible(before[0] as number, next)) yield* extend([...before, next]);
    }
  };
  yield* extend([]);
}

const bound = (millionths: number) => ratio(expBelow(BigInt(millionths), BigInt(MICRO)), 1n << 96n);

/** Everything that may be stored. LOLOHA stores the hash function apart from the cell, the others the layout of a report. */
function everyStored({ mechanism, params }: Case): Uint8Array[] {
  return [...mechanism.channel.reports(params)].map((report) => {
    if (mechanism !== LOLOHA) return mechanism.client.encode(params, report).slice();
    const { cells } = params as loloha.LolohaParams;
    return Uint8Array.of(Math.floor(Number(report) / cells), Number(report) % cells);
  });
}

describe('the epsilons of two stages, by enumeration of all pairs of values', () => {
  it.each(SMALL)('are those declared, of what is stored and of one report: $name', (testCase) => {
    const { mechanism, params } = testCase;
    const infinity = worst(params, everyStored(testCase), (value, what) =>
      mechanism.permanentLikelihood(params, value, what),
    );
    expect(compare(infinity, bound(params.microInfinity))).toBeLessThanOrEqual(0);
    const told = mechanism.effectiveInfinity?.(params) ?? mechanism.channel.effectiveEpsilon(params);
    expect(told).toBe(lnAbove(infinity.numerator, infinity.denominator));
    const first = worst(params, mechanism.channel.reports(params), (value, report) =>
      mechanism.channel.likelihood(params, value, report),
    );
    expect(compare(first, bound(params.microEpsilon))).toBeLessThanOrEqual(0);
    expect(mechanism.channel.effectiveEpsilon(params)).toBe(lnAbove(first.numerator, first.denominator));
    // Used in full, but for rounding to few binary digits: a ten-thousandth.
    expect(lnAbove(first.numerator, first.denominator)).toBeGreaterThan(0.9998 * (params.microEpsilon / MICRO));
    expect(lnAbove(infinity.numerator, infinity.denominator)).toBeGreaterThan(0.9998 * (params.microInfinity / MICRO));
  });

  it.each(SMALL)('are those of microEpoch, of one, two and three reports of one stored thing: $name', (testCase) => {
    const { mechanism, params } = testCase;
    params.microEpoch.forEach((micro, i) => {
      const largest = worst(params, sequences(testCase, i + 1), (value, reports) =>
        mechanism.repeatsLikelihood(params, value, reports),
      );
      expect(compare(largest, bound(micro))).toBeLessThanOrEqual(0);
      // Of more reports than one what the integers in use cost, rounded up to a millionth.
      if (i > 0 && micro > 2 && mechanism !== D_BIT_FLIP) {
        expect(compare(largest, bound(micro - 2))).toBeGreaterThan(0);
      }
    });
  });

  it.each(SMALL)('come from likelihoods that sum to one: $name', (testCase) => {
    const { mechanism, params } = testCase;
    for (let value = 0; value < params.domainSize; value++) {
      const sums = [
        everyStored(testCase).map((permanent) => mechanism.permanentLikelihood(params, value, permanent)),
        [...sequences(testCase, 2)].map((two) => mechanism.repeatsLikelihood(params, value, two)),
      ].map((likelihoods) => likelihoods.reduce(plus));
      for (const sum of sums) expect(sum.numerator).toBe(sum.denominator);
    }
  });

  it('count reports that cannot be of one stored thing as impossible', () => {
    const hashed = loloha.params({ epsilonFirst: 1, epsilonInfinity: 2, reports: 2, domainSize: 5 });
    expect(loloha.repeatsLikelihood(hashed, 0, [0, hashed.cells]).numerator).toBe(0n);
    const flipped = dBitFlip.params({ epsilonFirst: 1, epsilonInfinity: 1, reports: 2, domainSize: 5 });
    expect(dBitFlip.repeatsLikelihood(flipped, 0, [Uint8Array.of(0), Uint8Array.of(64)]).numerator).toBe(0n);
  });
});

describe('what reports of one epoch share', () => {
  /** The state that reports of one value's holders have on average. */
  const N = 2 ** 40;
  function expected({ mechanism, params }: Case, value: number) {
    const state = mechanism.aggregator.empty(params);
    state.n = N;
    for (const report of mechanism.channel.reports(params)) {
      const one = mechanism.aggregator.empty(params);
      mechanism.aggregator.accumulate(params, one, report);
      const mass = N * toNumber(mechanism.channel.likelihood(params, value, report));
      one.counts.forEach((count, i) => {
        state.counts[i] = (state.counts[i] as number) + count * mass;
      });
    }
    return state;
  }

  it.each(SMALL.filter(({ params }) => params.microEpsilon > 1))(
    'is the covariance of two of them, given the value: $name',
    (testCase) => {
      const { mechanism, params } = testCase;
      const says = (report: unknown) => {
        const state = mechanism.aggregator.empty(params);
        mechanism.aggregator.accumulate(params, state, report);
        return mechanism.aggregator.estimate(params, state)[0];
      };
      for (const value of [0, 1]) {
        let [mass, mean, square] = [0, 0, 0];
        for (const [first, second] of sequences(testCase, 2)) {
          const [a, b] = [says(first), says(second)];
          // A report whose set lacks the bucket says nothing.
          if (a?.n !== 1 || b?.n !== 1) continue;
          const chance = toNumber(mechanism.repeatsLikelihood(params, value, [first, second]));
          mass += chance;
          mean += chance * (a.value + b.value);
          square += chance * (a.value + b.value) ** 2;
        }
        const variance = square / mass - (mean / mass) ** 2;
        const told = mechanism.aggregator.estimate(params, expected(testCase, value), 0.95, 2)[0];
        expect((told?.standardError as number) ** 2 * (told?.n as number)).toBeCloseTo(variance / 2, 6);
      }
    },
  );
});

describe('params of two stages', () => {
  const options = fc
    .record({
      first: fc.integer({ min: 1, max: 15_999_999 }),
      more: fc.integer({ min: 1, max: 16_000_000 }),
      reports: fc.integer({ min: 2, max: 366 }),
      domainSize: fc.oneof(fc.integer({ min: 2, max: 64 }), fc.integer({ min: 2, max: 2 ** 20 })),
    })
    .map(({ first, more, ...rest }) => ({
      epsilonFirst: first / 1e6,
      epsilonInfinity: Math.min(16_000_000, first + more) / 1e6,
      ...rest,
    }));

  it('have charges that begin with epsilonFirst, never fall, and stay within epsilonInfinity', () => {
    fc.assert(
      fc.property(options, fc.constantFrom(L_GRR, L_OSUE, LOLOHA, D_BIT_FLIP), (asked, mechanism) => {
        const domainSize = mechanism === LOLOHA ? Math.min(64, asked.domainSize) : asked.domainSize;
        const epsilonInfinity = mechanism === D_BIT_FLIP ? asked.epsilonFirst : asked.epsilonInfinity;
        const p = mechanism.client.params({ ...asked, domainSize, epsilonInfinity });
        expect(p.microEpoch.length).toBe(asked.reports);
        expect(p.microEpoch[0]).toBe(p.microEpsilon);
        p.microEpoch.forEach((micro, i) => {
          expect(micro).toBeGreaterThanOrEqual(p.microEpoch[Math.max(0, i - 1)] as number);
          expect(micro).toBeLessThanOrEqual(p.microInfinity);
        });
        const effective = mechanism.channel.effectiveEpsilon(p);
        expect(effective).toBeLessThanOrEqual(asked.epsilonFirst);
        expect(effective).toBeGreaterThan(0.999 * asked.epsilonFirst);
      }),
    );
  });

  it('have the charges of the formulas', () => {
    const charges = (mechanism: TwoStage, epsilonInfinity: number, epsilonFirst: number, domainSize: number) => {
      const p = mechanism.client.params({ epsilonFirst, epsilonInfinity, reports: 7, domainSize });
      return [1, 2, 3, 5, 7].map((r) => p.microEpoch[r - 1]);
    };
    expect(charges(L_GRR, 2, 0.8, 3)).toEqual([800_000, 1_435_152, 1_785_426, 1_977_135, 1_997_782]);
    expect(charges(L_GRR, 3, 1.8, 7)).toEqual([1_800_000, 2_793_630, 2_978_115, 2_999_795, 2_999_999]);
    // More than twice epsilonFirst for two.
    expect(charges(L_GRR, 2, 0.5, 100)).toEqual([500_000, 1_592_749, 1_959_437, 1_999_755, 1_999_999]);
    // Fewer binary digits spend less, by a ten-thousandth at most.
    charges(L_OSUE, 2, 0.8, 10).forEach((micro, i) => {
      const exact = [800_000, 1_412_945, 1_761_224, 1_970_170, 1_996_620][i] as number;
      expect(micro).toBeLessThanOrEqual(exact);
      expect(micro).toBeGreaterThan(0.9999 * exact);
    });
    expect(charges(D_BIT_FLIP, 1, 1, 10)).toEqual([1e6, 1e6, 1e6, 1e6, 1e6]);
  });

  it('refuse what is out of range', () => {
    const good = { epsilonFirst: 1, epsilonInfinity: 2, reports: 4, domainSize: 4 };
    const refused: readonly (readonly [Partial<typeof good>, string])[] = [
      [{ epsilonFirst: 2 }, 'epsilon-out-of-range'],
      [{ epsilonFirst: 0 }, 'epsilon-out-of-range'],
      [{ epsilonFirst: 3 }, 'epsilon-out-of-range'],
      [{ epsilonInfinity: 16.000001 }, 'epsilon-out-of-range'],
      [{ epsilonInfinity: Number.NaN }, 'epsilon-out-of-range'],
      [{ reports: 1 }, 'option-invalid'],
      [{ reports: 367 }, 'option-invalid'],
      [{ reports: 2.5 }, 'option-invalid'],
      [{ domainSize: 1 }, 'domain-size-out-of-range'],
      [{ domainSize: 2 ** 20 + 1 }, 'domain-size-out-of-range'],
    ];
    for (const mechanism of [L_GRR, L_OSUE, LOLOHA]) {
      expect(codeOf(() => mechanism.client.params(good))).toBe('returned');
      for (const [bad, code] of refused) {
        expect(codeOf(() => mechanism.client.params({ ...good, ...bad }))).toBe(code);
      }
    }
    const same = { ...good, epsilonFirst: 2 };
    expect(codeOf(() => D_BIT_FLIP.client.params(same))).toBe('returned');
    expect(codeOf(() => D_BIT_FLIP.client.params(good))).toBe('epsilon-out-of-range');
    for (const [bad, code] of refused.slice(3)) {
      expect(codeOf(() => D_BIT_FLIP.client.params({ ...same, ...bad }))).toBe(code);
    }
    expect(codeOf(() => LOLOHA.client.params({ ...good, domainSize: 65 }))).toBe('domain-size-out-of-range');
  });
});

describe('what is stored', () => {
  it.each(SMALL)(
    'has the same length for all values, and is all that a report needs: $name',
    ({ mechanism, params }) => {
      const source = seededSource('stored');
      const { length } = mechanism.client.latch(params, 0, 0, source);
      for (let draw = 0; draw < 64; draw++) {
        const permanent = mechanism.client.latch(params, draw % params.domainSize, draw, source);
        expect(permanent.length).toBe(length);
        const before = permanent.slice();
        const report = mechanism.client.report(params, permanent, source);
        expect(mechanism.client.encode(params, report).length).toBe(params.reportBytes);
        expect(permanent).toEqual(before);
      }
    },
  );

  it.each(SMALL)('is made of a value and a draw, and of nothing else: $name', ({ mechanism, params }) => {
    const source = seededSource('refused');
    for (const value of [-1, params.domainSize, 0.5, Number.NaN]) {
      expect(codeOf(() => mechanism.client.latch(params, value, 0, source))).toBe('value-out-of-range');
    }
    for (const draw of [-1, 64, 0.5, Number.NaN]) {
      expect(codeOf(() => mechanism.client.latch(params, 0, draw, source))).toBe('value-out-of-range');
    }
    const stored = mechanism.client.latch(params, 0, 0, source);
    for (const other of [new Uint8Array(), stored.slice(1), Uint8Array.of(...stored, 0)]) {
      expect(codeOf(() => mechanism.client.report(params, other, source))).toBe('value-out-of-range');
    }
  });
});
