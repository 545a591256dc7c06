import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { normalTail } from '../src/estimate/normal.js';
import type { TextDecoding } from '../src/estimate/text/decode.js';
import { decodeTexts } from '../src/estimate/text/decode.js';
import { listsOf } from '../src/estimate/text/lists.js';
import { binomialTail } from './support/binomial-tail.js';
import { chiSquareTail } from './support/chi-square.js';
import { drawLarge, LARGE_ALONE } from './support/text-large.js';
import { CHANNELS, type Run, runSuite } from './support/text-suite.js';

/** False-alarm rate of each test below. */
const ALPHA = 1e-4;

const SEEDS = 40;

const RUNS: readonly Run[] = (['unif', 'zipf1'] as const).flatMap((shape) =>
  Array.from({ length: SEEDS }, (_, i) => runSuite(CHANNELS.published, shape, 'any ten', `stat/${i}`)),
);

/** Probability of so many runs with a false text, if each has one with probability .05. */
function falseRunsTail(decode: (run: Run) => Pick<TextDecoding, 'isDetected'>): number {
  const wrong = RUNS.filter((run) => decode(run).isDetected.some((x, v) => x === 1 && run.truth[v] === 0));
  return binomialTail(RUNS.length, 0.05, wrong.length);
}

/** Squared errors over stated ones, one candidate of each run: nearly squares of independent standard normal numbers. */
function errorTail(scale: number): number {
  const choose = seedrandom('choose');
  const squares = RUNS.reduce((sum, { decoding, truth }) => {
    const v = Math.floor(choose() * truth.length);
    return (
      sum +
      (((decoding.value[v] as number) - (truth[v] as number)) / (scale * (decoding.standardError[v] as number))) ** 2
    );
  }, 0);
  const tail = chiSquareTail(squares, RUNS.length);
  return 2 * Math.min(tail, 1 - tail);
}

/** The decoder's lists if its errors were half of what they are. */
function halved({ decoding }: Run): Pick<TextDecoding, 'isDetected'> {
  const pValues = decoding.value.map((x, v) => normalTail((2 * x) / (decoding.standardError[v] as number)));
  return { isDetected: listsOf(pValues, 'adaptive').detected };
}

describe('the decoder, with ten of a hundred texts missing, of any weight', () => {
  it('has a false text in its list in one run of twenty or fewer', () => {
    expect(falseRunsTail(({ decoding }) => decoding)).toBeGreaterThan(ALPHA);
  });

  it('would not, if it took its errors for half of what they are', () => {
    expect(falseRunsTail(halved)).toBeLessThan(ALPHA);
  });

  it('states its errors as they are', () => {
    expect(errorTail(1)).toBeGreaterThan(ALPHA);
    expect(errorTail(0.5)).toBeLessThan(ALPHA);
  });

  it('states the errors of the masses as they are', () => {
    const squares = RUNS.map(({ decoding, truth }) => {
      const missing = 1 - truth.reduce((sum, x) => sum + x, 0);
      return ((decoding.unexplained.value - missing) / decoding.unexplained.standardError) ** 2;
    });
    const tail = chiSquareTail(
      squares.reduce((sum, x) => sum + x, 0),
      squares.length,
    );
    expect(Math.min(tail, 1 - tail)).toBeGreaterThan(ALPHA / 2);
  });
});

describe('the p-values of 9,100 false candidates, with the heaviest text missing', () => {
  const { counts, candidates, truth } = drawLarge(LARGE_ALONE, true, 'stat');
  const decoding = decodeTexts(counts, candidates);
  const isFalse = truth.map((x) => (x === 0 ? 1 : 0));

  // Given the counts, false candidates are independent of one another.
  it.each([0.1, 0.01, 0.001])('are below %d as often as they should be', (level) => {
    const n = isFalse.reduce((sum, x) => sum + x, 0);
    const below = decoding.pValue.filter((p, v) => isFalse[v] === 1 && p < level).length;
    expect(binomialTail(n, level, below)).toBeGreaterThan(ALPHA / 2);
    expect(1 - binomialTail(n, level, below + 1)).toBeGreaterThan(ALPHA / 2);
  });
});
