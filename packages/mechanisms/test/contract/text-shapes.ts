import type { Params, TextMechanism, TextShape } from '@dither/mechanisms';
import { bloomBits } from '../../src/encode/bloom.js';

/** A text's mechanism declared at an epsilon; with two stages, at twice that for three reports. */
export function makeText({ client }: TextMechanism, epsilon: number, shape: TextShape): Params {
  if (!('latch' in client)) return client.params({ ...shape, epsilon });
  return client.params({ ...shape, epsilonFirst: epsilon, epsilonInfinity: Math.min(16, 2 * epsilon), reports: 3 });
}

/** The largest epsilon of a report: with two stages it is below that of all of them. */
export function mostEpsilon({ client }: TextMechanism): number {
  return 'latch' in client ? 15.999999 : 16;
}

/** Small enough to enumerate, and what size of domain they cost as much as. Of twice as many rows as texts. */
export const SMALL_SHAPES: readonly { readonly size: number; readonly shape: TextShape }[] = [
  { size: 3, shape: { bits: 2, hashes: 1, cohorts: 2 } },
  { size: 4, shape: { bits: 4, hashes: 1, cohorts: 1 } },
  { size: 5, shape: { bits: 4, hashes: 2, cohorts: 2 } },
];

/** A report of one byte of filter and of many, none or seven unused bits, one cohort and many. */
export const LARGE_SHAPES: readonly TextShape[] = [
  { bits: 8, hashes: 1, cohorts: 64 },
  { bits: 33, hashes: 2, cohorts: 1 },
  { bits: 1024, hashes: 4, cohorts: 64 },
];

/**
 * "", a text, one that sets none of its bits in the first cohort, and so on: no two texts differ more than the second and
 * the third. In two cohorts all can be told apart, in a single one the second and the last cannot.
 */
export function textsFor(shape: TextShape): string[] {
  const own = Array.from({ length: shape.cohorts }, (_, cohort) => bloomBits('a', cohort, shape));
  const common = (text: string) =>
    own.map((bits, cohort) => bloomBits(text, cohort, shape).filter((bit) => bits.includes(bit)).length);
  const find = (wanted: readonly number[], from = 0): string => {
    const text = `b${from}`;
    return common(text).join() === wanted.join() ? text : find(wanted, from + 1);
  };
  if (shape.bits > 4) return ['', 'a', 'https://www.example.org/', '\u{1f600}\ud800'];
  if (shape.cohorts === 1) return ['', 'a', find([0]), find([shape.hashes])];
  return shape.hashes === 1 ? ['', 'a', find([0, 1])] : ['', 'a', find([0, 2]), find([1, 1])];
}
