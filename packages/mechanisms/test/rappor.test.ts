import { compare, expBelow, lnAbove, MICRO, plus, type Ratio, ratio } from '@dither/mechanisms';
import * as rappor from '@dither/mechanisms/rappor';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textsFor } from './contract/text-shapes.js';
import { codeOf } from './support/ensure.js';
import { seededSource } from './support/seeded.js';

const { params, paramsFromProbabilities, client, aggregator, channel } = rappor;

const SHAPES = [
  { bits: 2, hashes: 1, cohorts: 1 },
  { bits: 2, hashes: 1, cohorts: 2 },
  { bits: 4, hashes: 2, cohorts: 1 },
];

/** Small, and two texts in them set bits none of which is the same. */
const SMALL = [
  ...SHAPES.map((shape) => params({ ...shape, epsilonFirst: 0.5, epsilonInfinity: 2, reports: 3 })),
  ...SHAPES.map((shape) => params({ ...shape, epsilonFirst: 0.000001, epsilonInfinity: 0.000002, reports: 3 })),
  ...SHAPES.map((shape) => params({ ...shape, epsilonFirst: 15, epsilonInfinity: 16, reports: 3 })),
  ...SHAPES.map((shape) => paramsFromProbabilities({ ...shape, f: 0.75, p: 0.5, q: 0.75, reports: 3 })),
  ...SHAPES.map((shape) => paramsFromProbabilities({ ...shape, f: 0.5, p: 0.05, q: 0.3, reports: 3 })),
];

/** The largest ratio of the likelihoods of what is seen, over all pairs of texts. */
function worst<S>(p: rappor.RapporParams, seen: Iterable<S>, likelihood: (text: string, what: S) => Ratio): Ratio {
  let largest = ratio(1n, 1n);
  for (const what of seen) {
    const each = textsFor(p).map((text) => likelihood(text, what));
    const most = each.reduce((a, b) => (compare(a, b) > 0 ? a : b));
    const least = each.reduce((a, b) => (compare(a, b) < 0 ? a : b));
    const quotient = ratio(most.numerator * least.denominator, most.denominator * least.numerator);
    if (compare(quotient, largest) > 0) largest = quotient;
  }
  return largest;
}

function* sequences<S>(of: readonly S[], length: number): Generator<S[]> {
  if (length === 0) yield [];
  else for (const rest of sequences(of, length - 1)) for (const next of of) yield [...rest, next];
}

/** Rounding costs a ten-thousandth at most for each of the two bits that texts differ in. */
const FEW_DIGITS = 1.1e-4;

/**
 * Within the bound that an epsilon in millionths is, and not within that of one two millionths less, and less by what rounding to few binary digits may cost.
 */
function expectCharge(largest: Ratio, micro: number): void {
  const bound = (millionths: number) => ratio(expBelow(BigInt(millionths), BigInt(MICRO)), 1n << 96n);
  expect(compare(largest, bound(micro))).toBeLessThanOrEqual(0);
  const less = Math.floor(micro * (1 - FEW_DIGITS)) - 2;
  if (less > 0) expect(compare(largest, bound(less))).toBeGreaterThan(0);
}

describe('the epsilons of RAPPOR, by enumeration of all pairs of texts, no text among them', () => {
  it('are for what is stored those of effectiveInfinity, at most epsilonInfinity', () => {
    for (const p of SMALL) {
      const stored = [...channel.reports(p)].map((report) => client.encode(p, report));
      const largest = worst(p, stored, (text, what) => rappor.permanentLikelihood(p, text, what));
      expect(rappor.effectiveInfinity(p)).toBe(lnAbove(largest.numerator, largest.denominator));
      expectCharge(largest, p.microInfinity);
    }
  });

  it('are for one report, and for two and three of one stored filter, those of microEpoch', () => {
    for (const p of SMALL) {
      const reports = [...channel.reports(p)];
      const most = p.bits * p.cohorts <= 4 && p.bits === 2 ? 3 : 2;
      for (let r = 1; r <= most; r++) {
        const largest = worst(p, sequences(reports, r), (text, seen) => rappor.repeatsLikelihood(p, text, seen));
        expectCharge(largest, p.microEpoch[r - 1] as number);
        if (r === 1) expect(channel.effectiveEpsilon(p)).toBe(lnAbove(largest.numerator, largest.denominator));
      }
    }
  });

  it('come from likelihoods that sum to one', () => {
    for (const p of SMALL) {
      const reports = [...channel.reports(p)];
      for (const text of textsFor(p)) {
        const sums = [
          reports.map((report) => rappor.permanentLikelihood(p, text, client.encode(p, report))),
          [...sequences(reports, 2)].map((two) => rappor.repeatsLikelihood(p, text, two)),
        ].map((likelihoods) => likelihoods.reduce(plus));
        for (const sum of sums) expect(sum.numerator).toBe(sum.denominator);
      }
    }
  });
});

describe('params of RAPPOR', () => {
  const options = fc
    .record({
      first: fc.integer({ min: 1, max: 15_999_999 }),
      more: fc.integer({ min: 1, max: 16_000_000 }),
      hashes: fc.integer({ min: 1, max: 4 }),
      cohorts: fc.integer({ min: 0, max: 6 }).map((power) => 2 ** power),
      reports: fc.integer({ min: 2, max: 366 }),
    })
    .chain(({ first, more, hashes, ...rest }) =>
      fc.integer({ min: 2 * hashes, max: 1024 }).map((bits) => ({
        epsilonFirst: first / 1e6,
        epsilonInfinity: Math.min(16_000_000, first + more) / 1e6,
        hashes,
        bits,
        ...rest,
      })),
    );

  it('spend at most the declared epsilons, and leave nothing unspent but the rounding', () => {
    fc.assert(
      fc.property(options, (asked) => {
        const p = params(asked);
        const unspent = (epsilon: number) => FEW_DIGITS * epsilon + asked.hashes * 2 ** -45 * Math.exp(epsilon / 2);
        const first = channel.effectiveEpsilon(p);
        expect(first).toBeLessThanOrEqual(asked.epsilonFirst);
        expect(first).toBeGreaterThan(asked.epsilonFirst - unspent(asked.epsilonFirst));
        const infinity = rappor.effectiveInfinity(p);
        expect(infinity).toBeLessThanOrEqual(asked.epsilonInfinity);
        expect(infinity).toBeGreaterThan(asked.epsilonInfinity - unspent(asked.epsilonInfinity));
      }),
    );
  });

  it('have charges that begin with epsilonFirst, never fall, and stay within epsilonInfinity and r epsilonFirst', () => {
    fc.assert(
      fc.property(options, (asked) => {
        const { microEpoch, microEpsilon, microInfinity } = params(asked);
        expect(microEpoch.length).toBe(asked.reports);
        expect(microEpoch[0]).toBe(microEpsilon);
        microEpoch.forEach((micro, i) => {
          expect(micro).toBeGreaterThanOrEqual(microEpoch[Math.max(0, i - 1)] as number);
          expect(micro).toBeLessThanOrEqual(Math.min(microInfinity, (i + 1) * microEpsilon));
        });
      }),
    );
  });

  it('have the published epsilons of published settings', () => {
    const published = (f: number, p: number, q: number, hashes: number) =>
      paramsFromProbabilities({ f, p, q, hashes, bits: 128, cohorts: 8, reports: 30 });
    const basic = published(0.75, 0.5, 0.75, 2);
    expect(channel.effectiveEpsilon(basic)).toBeCloseTo(0.53427508644, 10);
    expect(rappor.effectiveInfinity(basic)).toBeCloseTo(2.04330249506, 10);
    expect([1, 2, 7, 30].map((r) => basic.microEpoch[r - 1])).toEqual([534_276, 990_370, 1_909_657, 2_043_292]);
    expect(basic.microInfinity).toBe(2_043_303);
    const half = published(0.5, 0.5, 0.75, 2);
    expect(channel.effectiveEpsilon(half)).toBeCloseTo(1.07428586417, 10);
    expect(rappor.effectiveInfinity(half)).toBeCloseTo(4.39444915467, 10);
    const single = published(0.5, 0.25, 0.75, 1);
    expect(channel.effectiveEpsilon(single)).toBeCloseTo(1.02165124753, 10);
    expect(rappor.effectiveInfinity(single)).toBeCloseTo(2.19722457734, 10);
  });

  it('refuse what is out of range', () => {
    const good = { epsilonFirst: 1, epsilonInfinity: 2, bits: 8, hashes: 2, cohorts: 4, reports: 4 };
    const refused: readonly (readonly [Partial<typeof good>, string])[] = [
      [{ epsilonFirst: 2 }, 'epsilon-out-of-range'],
      [{ epsilonFirst: 0 }, 'epsilon-out-of-range'],
      [{ epsilonInfinity: 16.000001 }, 'epsilon-out-of-range'],
      [{ epsilonInfinity: Number.NaN }, 'epsilon-out-of-range'],
      [{ bits: 3 }, 'option-invalid'],
      [{ bits: 1025 }, 'option-invalid'],
      [{ hashes: 0 }, 'option-invalid'],
      [{ hashes: 5, bits: 20 }, 'option-invalid'],
      [{ cohorts: 3 }, 'option-invalid'],
      [{ cohorts: 128 }, 'option-invalid'],
      [{ reports: 1 }, 'option-invalid'],
      [{ reports: 367 }, 'option-invalid'],
    ];
    for (const [part, code] of refused)
      expect([part, codeOf(() => params({ ...good, ...part }))]).toEqual([part, code]);
    const setting = { f: 0.5, p: 0.25, q: 0.75, bits: 8, hashes: 2, cohorts: 128, reports: 4 };
    expect(codeOf(() => paramsFromProbabilities(setting))).toBe('returned');
    for (const part of [
      { f: 1e-20 },
      { q: 1 - 2 ** -53 },
      { f: 0 },
      { f: 1 },
      { f: Number.NaN },
      { p: 0 },
      { q: 1 },
      { p: 0.75 },
      { cohorts: 1025 },
    ]) {
      expect([part, codeOf(() => paramsFromProbabilities({ ...setting, ...part }))]).toEqual([part, 'option-invalid']);
    }
  });
});

describe('what RAPPOR stores and reports', () => {
  it('are in the cohort that was drawn, whatever the text', () => {
    const p = params({ epsilonFirst: 1, epsilonInfinity: 2, bits: 8, hashes: 2, cohorts: 16, reports: 4 });
    const source = seededSource('cohorts');
    for (let draw = 0; draw < 64; draw++) {
      const stored = client.latch(p, draw % 3 === 0 ? '' : `text ${draw}`, draw, source);
      expect(stored[0]).toBe(draw % 16);
      expect(client.report(p, stored, source).cohort).toBe(draw % 16);
    }
  });

  it('find a text that a fifth of 4,000 installations hold, reports of a week from each', () => {
    const p = params({ epsilonFirst: 2, epsilonInfinity: 4, bits: 32, hashes: 1, cohorts: 16, reports: 7 });
    const source = seededSource('week');
    const state = aggregator.empty(p);
    for (let i = 0; i < 4000; i++) {
      const stored = client.latch(p, i % 5 === 0 ? 'held' : '', i % 64, source);
      for (let day = 0; day < 7; day++) aggregator.accumulate(p, state, client.report(p, stored, source));
    }
    const candidates = ['held', 'not held'];
    const asIfFresh = aggregator.texts(p, state, { candidates });
    const week = aggregator.texts(p, state, { candidates, repeats: 7 });
    const [held] = week.texts;
    expect(held?.isDetected).toBe(true);
    // Five standard errors: a seeded run fails for the wrong reason once in a million seeds.
    expect(Math.abs((held?.value ?? 0) - 0.2)).toBeLessThan(5 * (held?.standardError ?? 0));
    // The permanent stage is not averaged out by reporting it again: taken for noise of seven reports it is a misfit.
    const before = ({ texts, misfit }: typeof week) => (texts[0]?.standardError ?? 0) / misfit;
    const { permanent, instantaneous } = p;
    const stored = (permanent.unset.high + 0.2 * (permanent.set.high - permanent.unset.high)) / 2 ** 32;
    const telling = (instantaneous.set.high - instantaneous.unset.high) / 2 ** 32;
    const reported = instantaneous.unset.high / 2 ** 32 + telling * stored;
    const shared = telling ** 2 * stored * (1 - stored);
    const expected = Math.sqrt(1 + (6 * shared) / (reported * (1 - reported)));
    // The error of a text held by a fifth is nearly that of its own rows.
    expect(before(week) / before(asIfFresh) / expected).toBeGreaterThan(0.95);
    expect(before(week) / before(asIfFresh) / expected).toBeLessThan(1.05);
    expect(week.misfit).toBeLessThan(asIfFresh.misfit);
  });

  it('give likelihood zero to reports of one filter in two cohorts', () => {
    const p = params({ epsilonFirst: 1, epsilonInfinity: 2, bits: 2, hashes: 1, cohorts: 2, reports: 2 });
    const filter = new Uint8Array(1);
    const two = [0, 1].map((cohort) => ({ cohort, filter }));
    expect(rappor.repeatsLikelihood(p, 'a', two).numerator).toBe(0n);
  });
});
