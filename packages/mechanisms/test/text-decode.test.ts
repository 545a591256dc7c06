import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import type { CandidateBits, CohortCounts } from '../src/estimate/text/counts.js';
import { decodeTexts, type TextDecoding } from '../src/estimate/text/decode.js';
import { decodePublished } from '../src/estimate/text/published.js';
import { type Channel, drawCounts, drawTexts, expectedCounts, pick } from './support/text-world.js';

const CHANNEL: Channel = { cohorts: 8, bits: 16, hashes: 2, mayMeet: false, set: 0.75, unset: 0.25 };

function evenly(cohorts: number, each: number): Float64Array {
  return new Float64Array(cohorts).fill(each);
}

/** Eight texts, the first five held; what is left of one had no text. */
const SHARES = [0.3, 0.2, 0.1, 0.05, 0.05, 0, 0, 0];
const TEXTS = drawTexts(seedrandom('eight texts'), CHANNEL, SHARES.length);

/** Columns by the rows they set. */
function columns(...sets: readonly (readonly number[])[]): CandidateBits {
  const starts = Int32Array.of(0, ...sets.map((set) => set.length));
  sets.forEach((_, v) => {
    starts[v + 1] = (starts[v + 1] as number) + (starts[v] as number);
  });
  return { count: sets.length, starts, rows: Int32Array.from(sets.flat()) };
}

function numbersOf(decoding: TextDecoding): number[] {
  const { n, value, standardError, low, high, pValue, drawn, withText, unexplained, misfit } = decoding;
  const estimates = [withText, unexplained].flatMap((e) => [
    e.value,
    e.standardError,
    e.low,
    e.high,
    e.n,
    e.detectionLimit,
  ]);
  return [n, misfit, ...estimates, ...[value, standardError, low, high, pValue, drawn].flatMap((x) => [...x])];
}

describe('what the decoder recovers', () => {
  it('finds every share, the share with a text and the unexplained one in counts without noise', () => {
    const counts = expectedCounts(CHANNEL, TEXTS, SHARES, evenly(8, 1e6));
    const { value, withText, unexplained, misfit } = decodeTexts(counts, TEXTS);
    value.forEach((x, v) => {
      expect(x).toBeCloseTo(SHARES[v] as number, 10);
    });
    expect(withText.value).toBeCloseTo(0.7, 10);
    expect(unexplained.value).toBeCloseTo(0, 10);
    expect(misfit).toBe(1);
  });

  it('reports the mass of texts that are no candidates', () => {
    const counts = expectedCounts(CHANNEL, TEXTS, SHARES, evenly(8, 1e6));
    const { value, withText, unexplained, misfit } = decodeTexts(counts, pick(TEXTS, [0, 2, 3, 4, 5, 6, 7]));
    const explained = value.reduce((sum, x) => sum + x, 0);
    expect(withText.value).toBeCloseTo(0.7, 6);
    expect(unexplained.value).toBeCloseTo(0.7 - explained, 6);
    expect(Math.abs(unexplained.value - 0.2)).toBeLessThan(4 * unexplained.standardError);
    expect(misfit).toBeGreaterThan(2);
  });

  it('leaves nothing unexplained of more candidates than are fitted together', () => {
    const channel: Channel = { ...CHANNEL, cohorts: 32, bits: 64 };
    const texts = drawTexts(seedrandom('seven hundred'), channel, 700);
    const shares = Array.from({ length: 700 }, (_, v) => (v === 0 ? 0.3 : 0.6 / 699));
    const counts = expectedCounts(channel, texts, shares, evenly(32, 1000));
    const { withText, unexplained, standardError } = decodeTexts(counts, texts);
    expect(withText.value).toBeCloseTo(0.9, 10);
    // Solved to a thousandth of each share.
    expect(Math.abs(unexplained.value)).toBeLessThan(1e-3);
    // Errors of so many add up.
    expect(unexplained.standardError / (standardError[1] as number)).toBeGreaterThan(Math.sqrt(700));
  });

  it('sees past a heavy text that is no candidate', () => {
    const held = SHARES.map((x) => 1e6 * x);
    const counts = drawCounts(seedrandom('past'), CHANNEL, TEXTS, held, 3e5);
    const [all, most] = [decodeTexts(counts, TEXTS), decodeTexts(counts, pick(TEXTS, [0, 2, 3, 4, 5, 6, 7]))];
    expect(most.misfit).toBeGreaterThan(10);
    [0, 2, 3, 4, 5, 6, 7].forEach((v, i) => {
      expect((most.standardError[i] as number) / (all.standardError[v] as number)).toBeLessThan(1.2);
      expect(Math.abs((most.value[i] as number) - (all.value[v] as number))).toBeLessThan(
        4 * (all.standardError[v] as number),
      );
    });
  });

  it('weighs cohorts by their reports and passes over empty ones', () => {
    const reports = Float64Array.of(2e6, 0, 1e5, 3e6, 10, 1e6, 0, 1e6);
    const { value } = decodeTexts(expectedCounts(CHANNEL, TEXTS, SHARES, reports), TEXTS);
    value.forEach((x, v) => {
      expect(x).toBeCloseTo(SHARES[v] as number, 9);
    });
  });

  it('is a function of its arguments', () => {
    const counts = drawCounts(
      seedrandom('same'),
      CHANNEL,
      TEXTS,
      SHARES.map((x) => 1e5 * x),
      3e4,
    );
    expect(decodeTexts(counts, TEXTS)).toEqual(decodeTexts(counts, TEXTS));
  });

  it('gives the same whatever the order of candidates and of the rows they list', () => {
    const counts = drawCounts(
      seedrandom('order'),
      CHANNEL,
      TEXTS,
      SHARES.map((x) => 1e5 * x),
      3e4,
    );
    const order = [7, 2, 5, 0, 1, 6, 3, 4];
    const shuffled = pick(TEXTS, order);
    shuffled.starts.slice(0, -1).forEach((start, i) => {
      shuffled.rows.subarray(start, shuffled.starts[i + 1]).reverse();
    });
    const [a, b] = [decodeTexts(counts, TEXTS), decodeTexts(counts, shuffled)];
    order.forEach((v, i) => {
      expect(b.value[i]).toBeCloseTo(a.value[v] as number, 12);
      expect(b.pValue[i]).toBeCloseTo(a.pValue[v] as number, 9);
      expect(b.drawn[i]).toBeCloseTo(a.drawn[v] as number, 4);
    });
  });

  it('draws no negative share and not much more than there is', () => {
    const texts = drawTexts(seedrandom('drawn'), CHANNEL, 400);
    const held = Array.from({ length: 400 }, (_, v) => (v < 8 ? 1e5 * (SHARES[v] as number) : 0));
    const { drawn } = decodeTexts(drawCounts(seedrandom('draw'), CHANNEL, texts, held, 3e4), texts);
    expect(Math.min(...drawn)).toBe(0);
    expect(drawn.reduce((sum, x) => sum + x, 0)).toBeLessThan(1.2);
  });

  it('widens errors by the permanent stage that repeated reports share', () => {
    const counts = {
      ...drawCounts(
        seedrandom('repeats'),
        CHANNEL,
        TEXTS,
        SHARES.map((x) => 1e5 * x),
        3e4,
      ),
      permanentVariance: () => 0.1,
    };
    const [once, seven] = [decodeTexts(counts, TEXTS), decodeTexts(counts, TEXTS, { repeats: 7 })];
    const pi = 0.25 + 0.5 * 0.0875;
    const expected = Math.sqrt(1 + 0.6 / (pi * (1 - pi)));
    once.standardError.forEach((error, v) => {
      expect((seven.standardError[v] as number) / error / expected).toBeGreaterThan(0.9);
      expect((seven.standardError[v] as number) / error / expected).toBeLessThan(1.1);
    });
  });
});

describe('candidates that cannot be told apart', () => {
  const reports = evenly(2, 1e6);
  const channel: Channel = { ...CHANNEL, cohorts: 2, bits: 8, hashes: 1 };

  it('groups those with the same bits and estimates their sum', () => {
    const texts = columns([0, 8], [3, 12], [0, 8], [5, 9]);
    const { value, confused, isDetected } = decodeTexts(
      expectedCounts(channel, texts, [0.1, 0.2, 0.3, 0], reports),
      texts,
    );
    expect(confused).toEqual([[0, 2]]);
    expect(value[0]).toBeCloseTo(0.4, 10);
    expect(value[2]).toBe(value[0]);
    expect([...isDetected]).toEqual([1, 1, 1, 0]);
  });

  it('groups those that differ only in cohorts without reports', () => {
    const texts = columns([0, 8], [0, 9], [4, 10]);
    const counts = expectedCounts(channel, texts, [0.1, 0.2, 0.3], Float64Array.of(1e6, 0));
    expect(decodeTexts(counts, texts).confused).toEqual([[0, 1]]);
  });

  it('gives infinite error to those that are combinations of others', () => {
    const texts = columns([0, 8], [1, 9], [0, 9], [1, 8], [4, 12]);
    const counts = expectedCounts(channel, texts, [0.1, 0.2, 0.3, 0, 0.1], reports);
    const { confused, standardError, pValue, value } = decodeTexts(counts, texts);
    expect(confused).toEqual([[0, 1, 2, 3]]);
    expect([...standardError.slice(0, 4)]).toEqual(new Array(4).fill(Number.POSITIVE_INFINITY));
    expect([...pValue.slice(0, 4)]).toEqual([1, 1, 1, 1]);
    expect(value[4]).toBeCloseTo(0.1, 10);
    expect(standardError[4]).toBeLessThan(0.01);
  });
});

describe('counts that say little or nothing', () => {
  const none: CandidateBits = { count: 0, starts: Int32Array.of(0), rows: new Int32Array(0) };
  const some = drawCounts(
    seedrandom('some'),
    CHANNEL,
    TEXTS,
    SHARES.map((x) => 100 * x),
    30,
  );
  const few = drawCounts(seedrandom('few'), CHANNEL, TEXTS, [1, 0, 0, 0, 0, 0, 0, 0], 1);
  const empty: CohortCounts = { ...some, reports: new Float64Array(8), ones: new Float64Array(128) };
  const single: Channel = { ...CHANNEL, cohorts: 1 };
  const many = drawTexts(seedrandom('many'), CHANNEL, 3000);
  const cases: readonly (readonly [string, CohortCounts, CandidateBits])[] = [
    ['no report', empty, TEXTS],
    ['no candidate', some, none],
    ['no report and no candidate', empty, none],
    ['two reports', few, TEXTS],
    ['two reports and more candidates than rows', few, many],
    ['no report and more candidates than rows', empty, many],
    ['more candidates than rows', some, many],
    ['a candidate without bits', some, columns([], [0, 1, 16, 17])],
    ['a set bit that says nothing', { ...some, set: 0.5, unset: 0.5 }, TEXTS],
    ['a set bit that says next to nothing', { ...some, set: 0.5 + 1e-15, unset: 0.5 }, TEXTS],
    ['bits that always tell', { ...some, set: 1, unset: 0 }, TEXTS],
    [
      'one cohort',
      drawCounts(seedrandom('one'), single, drawTexts(seedrandom('1'), single, 3), [5, 3, 1]),
      drawTexts(seedrandom('1'), single, 3),
    ],
    ['one bit', { ...some, bits: 1, hashes: 1, ones: new Float64Array(8).fill(5) }, columns([0, 1], [2, 3])],
    ['no cohort', { ...some, cohorts: 0, reports: new Float64Array(0), ones: new Float64Array(0) }, none],
  ];

  it.each(cases)('never makes a NaN: %s', (_, counts, candidates) => {
    const decoding = decodeTexts(counts, candidates);
    expect(numbersOf(decoding).filter(Number.isNaN)).toEqual([]);
    expect(decodePublished(counts, candidates).value.some(Number.isNaN)).toBe(false);
  });

  it('knows nothing without reports', () => {
    const { standardError, pValue, isListed, withText, unexplained } = decodeTexts(empty, TEXTS);
    expect(new Set(standardError)).toEqual(new Set([Number.POSITIVE_INFINITY]));
    expect(new Set(pValue)).toEqual(new Set([1]));
    expect(new Set(isListed)).toEqual(new Set([0]));
    expect([withText.low, withText.high, unexplained.low, unexplained.high]).toEqual([0, 1, 0, 1]);
  });
});

describe('the published recipe', () => {
  it('selects, fits again and corrects for every candidate', () => {
    const held = SHARES.map((x) => 1e6 * x);
    const counts = drawCounts(seedrandom('recipe'), CHANNEL, TEXTS, held, 3e5);
    const { value, standardError, isDetected } = decodePublished(counts, TEXTS);
    expect([...isDetected]).toEqual([1, 1, 1, 1, 1, 0, 0, 0]);
    value.slice(0, 5).forEach((x, v) => {
      expect(Math.abs(x - (SHARES[v] as number))).toBeLessThan(5 * (standardError[v] as number));
    });
  });

  it('differs from the decoder in what it takes account of, not in what it estimates', () => {
    const counts = expectedCounts(CHANNEL, TEXTS, SHARES, evenly(8, 1e6));
    decodePublished(counts, TEXTS).value.forEach((x, v) => {
      expect(x).toBeCloseTo(SHARES[v] as number, 3);
    });
  });
});
