import type { WordSource } from '@dither/mechanisms';
import { logBinomialMass } from './binomial-mass.js';
import { uniform } from './uniform.js';

/** Up to so many fair coins are tossed, 32 a word. */
const COINS = 128;

/** Below this mean, by inversion: transformed rejection needs a bell. */
const FEW = 10;

/** A mean below {@link FEW} is this much exceeded with a chance below 1e-70. */
const MOST_OF_FEW = 110;

/**
 * A draw of Bin(n, p), exact to double precision, in time that does not depend on n.
 *
 * By transformed rejection with squeeze (Hormann 1993, "The generation of binomial random variates", algorithm BTRS), the
 * masses that it compares by Loader's form, so that they are right for any n; by inversion where n p is below 10.
 *
 * @param n - a whole number from 0 to 2^53
 * @param p - in [0, 1]; a rounding error beyond is taken for its end
 */
export function binomial(source: WordSource, n: number, p: number): number {
  if (!(n > 0 && p > 0)) return 0;
  if (p >= 1) return n;
  if (p === 0.5 && n <= COINS) return heads(source, n);
  if (p > 0.5) return n - binomialOfSmall(source, n, 1 - p);
  return binomialOfSmall(source, n, p);
}

function heads(source: WordSource, coins: number): number {
  let sum = 0;
  let left = coins;
  for (; left > 32; left -= 32) sum += setBits(source.next());
  return sum + setBits(source.next() >>> (32 - left));
}

/** Sums of two, four, eight neighbouring bits, then of all of them. */
function setBits(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  x = (x + (x >>> 4)) & 0x0f0f0f0f;
  return Math.imul(x, 0x01010101) >>> 24;
}

function binomialOfSmall(source: WordSource, n: number, p: number): number {
  return n * p < FEW ? byInversion(source, n, p) : byRejection(source, n, p);
}

function byInversion(source: WordSource, n: number, p: number): number {
  const odds = p / (1 - p);
  // (1-p)^n, at least e^-14. Not by `**`: 1 - p says nothing of a p below 1e-16.
  const none = Math.exp(n * Math.log1p(-p));
  for (;;) {
    let mass = none;
    let rest = uniform(source);
    let k = 0;
    while (rest >= mass && k < MOST_OF_FEW) {
      rest -= mass;
      k++;
      // Zero from k = n + 1 on.
      mass *= (odds * (n - k + 1)) / k;
    }
    // Rounding may leave a rest that no mass takes: of 2^53 draws a few.
    if (k < MOST_OF_FEW && k <= n) return k;
  }
}

function byRejection(source: WordSource, n: number, p: number): number {
  const mean = n * p;
  const deviation = Math.sqrt(mean * (1 - p));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const c = mean + 0.5;
  const squeeze = 0.92 - 4.2 / b;
  for (;;) {
    const v = uniform(source);
    const u = uniform(source) - 0.5;
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + c);
    if (us >= 0.07 && v <= squeeze) return k;
    if (k < 0 || k > n) continue;
    const alpha = (2.83 + 5.1 / b) * deviation;
    const mode = Math.floor((n + 1) * p);
    const bound = logBinomialMass(k, n, p) - logBinomialMass(mode, n, p);
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= bound) return k;
  }
}
