import { bernoulli, type Threshold } from './bernoulli.js';
import { uniformInt } from './uniform-int.js';
import type { WordSource } from './word-source.js';

/**
 * `output` with probability `keep`, and otherwise a uniform integer below `outputs`. All of it is drawn whether it is used or not:
 * how many words are taken must not tell a kept output from a random one.
 */
export function keepOr(source: WordSource, keep: Threshold, outputs: number, output: number): number {
  const random = uniformInt(source, outputs);
  return bernoulli(source, keep) ? output : random;
}
