import { describe, expect, it } from 'vitest';
import { normalTail } from '../src/estimate/normal.js';
import { decodeTexts, type TextDecoding } from '../src/estimate/text/decode.js';
import { chiSquareTail } from './support/chi-square.js';
import { drawMass, MASS_SETTINGS, type MassDraw } from './support/text-mass.js';

/** False-alarm rate of each test below. */
const ALPHA = 1e-4;

/** Errors over stated ones, which are nearly independent standard normal numbers: two-sided tail of their mean, and of their squares. */
function tails(errors: readonly number[]): { readonly mean: number; readonly squares: number } {
  const sum = errors.reduce((total, z) => total + z, 0);
  const squares = chiSquareTail(
    errors.reduce((total, z) => total + z * z, 0),
    errors.length,
  );
  return {
    mean: 2 * normalTail(Math.abs(sum) / Math.sqrt(errors.length)),
    squares: 2 * Math.min(squares, 1 - squares),
  };
}

function draws(name: keyof typeof MASS_SETTINGS, runs: number): readonly (MassDraw & { decoding: TextDecoding })[] {
  return Array.from({ length: runs }, (_, run) => {
    const drawn = drawMass(MASS_SETTINGS[name], `stat/${run}`);
    return { ...drawn, decoding: decodeTexts(drawn.counts, drawn.candidates) };
  });
}

describe('the share that is unexplained', () => {
  it.each([
    ['200 texts, a tenth missing, epsilon 4', 16],
    ['2,000 texts, none missing, epsilon 4', 6],
    ['2,000 texts, a tenth missing, epsilon 4', 6],
    ['10,000 texts, none missing, epsilon 1', 2],
  ] as const)('is unbiased and its error as stated: %s', (name, runs) => {
    const drawn = draws(name, runs);
    const { mean, squares } = tails(
      drawn.map(({ decoding, unexplained }) => {
        const { value, standardError } = decoding.unexplained;
        return (value - unexplained) / standardError;
      }),
    );
    expect(mean).toBeGreaterThan(ALPHA);
    expect(squares).toBeGreaterThan(ALPHA);
    const share = tails(drawn.map(({ decoding: { withText } }) => (withText.value - 1) / withText.standardError));
    expect(share.mean).toBeGreaterThan(ALPHA);
    expect(share.squares).toBeGreaterThan(ALPHA);
  });
});
