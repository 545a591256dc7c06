import { binomialLaw } from './binomial.js';
import type { Support } from './support.js';

/**
 * Which of many findings to believe. Each procedure gives a cut: the findings whose p-value is at most that are believed.
 * Tests of one state's values are independent where reports are bits (OUE, SUE), and slightly negatively dependent where a
 * report names one value (GRR): the first two hold under any dependence, the third under either of these.
 */

/** Any false finding at all with probability at most `alpha`. Bonferroni 1936. */
export function bonferroniCut(pValues: ArrayLike<number>, alpha: number): number {
  return alpha / Math.max(1, pValues.length);
}

/** The same promise, and never fewer findings. Holm 1979, "A simple sequentially rejective multiple test procedure". */
export function holmCut(pValues: ArrayLike<number>, alpha: number): number {
  const sorted = Float64Array.from(pValues).sort();
  const first = sorted.findIndex((p, i) => p > alpha / (sorted.length - i));
  if (first === -1) return alpha;
  return alpha / (sorted.length - first);
}

/**
 * At most a share `alpha` of the findings is false, on average. Benjamini, Hochberg 1995, "Controlling the false discovery
 * rate".
 *
 * @param among - an upper estimate of how many of the findings would be false, were all believed; all of them unless told
 */
export function benjaminiHochbergCut(pValues: ArrayLike<number>, alpha: number, among = pValues.length): number {
  const sorted = Float64Array.from(pValues).sort();
  let cut = 0;
  sorted.forEach((p, i) => {
    const allowed = (alpha * (i + 1)) / among;
    if (p <= allowed) cut = allowed;
  });
  return cut;
}

/** 1 for each p-value up to the cut. */
export function believed(pValues: ArrayLike<number>, cut: number): Uint8Array {
  return Uint8Array.from(pValues, (p) => (p <= cut ? 1 : 0));
}

/**
 * The chance of each support count, or a larger one, if nobody held the value: the upper tail of Bin(n, q), exactly. One
 * law serves all counts, in time of some standard deviations of it.
 */
export function nullPValues({ q }: Support, counts: ArrayLike<number>, n: number): Float64Array {
  const { from, mass } = binomialLaw(n, q);
  const tails = new Float64Array(mass.length + 1);
  for (let i = mass.length - 1; i >= 0; i--) tails[i] = (tails[i + 1] as number) + (mass[i] as number);
  return Float64Array.from(counts, (count) => {
    const i = count - from;
    return i <= 0 ? 1 : Math.min(1, tails[Math.min(i, mass.length)] as number);
  });
}
