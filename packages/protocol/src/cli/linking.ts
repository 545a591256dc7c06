import { probability, type Threshold } from '@dither/mechanisms';
import type { Metric } from '../registry/metric.js';

/** What `rappor` has, and any mechanism of two stages over bits. */
interface Stages {
  readonly bits: number;
  readonly permanentUnset: Threshold;
  readonly instantaneousSet: Threshold;
  readonly instantaneousUnset: Threshold;
}

/**
 * Bits of information that the first half of an epoch's reports gives about which reports of the second half are the same
 * installation's, beside the cohort: the stored coins shine through the instantaneous ones. Mutual information between
 * how often a stored bit comes out set in either half, times the number of bits; those that the text sets, a few of many,
 * are counted like the others. Epsilon knows of it: it takes all reports for linked.
 */
export function linkingBits({ params, microEpoch }: Pick<Metric, 'params' | 'microEpoch'>): number {
  const { bits, permanentUnset, instantaneousSet, instantaneousUnset } = params as Metric['params'] & Stages;
  const stored = probability(permanentUnset);
  const first = Math.floor(microEpoch.length / 2);
  const halves = [first, microEpoch.length - first].map((reports) => ({
    ifSet: binomial(reports, probability(instantaneousSet)),
    ifUnset: binomial(reports, probability(instantaneousUnset)),
  }));
  const [a, b] = halves as [Half, Half];
  let information = 0;
  a.ifSet.forEach((_, i) => {
    b.ifSet.forEach((__, j) => {
      const at = (half: Half, k: number) => [half.ifSet[k] as number, half.ifUnset[k] as number] as const;
      const [[aSet, aUnset], [bSet, bUnset]] = [at(a, i), at(b, j)];
      const joint = stored * aSet * bSet + (1 - stored) * aUnset * bUnset;
      const apart = (stored * aSet + (1 - stored) * aUnset) * (stored * bSet + (1 - stored) * bUnset);
      if (joint > 0) information += joint * Math.log2(joint / apart);
    });
  });
  return bits * information;
}

interface Half {
  readonly ifSet: readonly number[];
  readonly ifUnset: readonly number[];
}

/** Chances of 0, 1, .. n of n coins. */
function binomial(n: number, p: number): readonly number[] {
  let chances = [1];
  for (let coin = 0; coin < n; coin++) {
    chances = Array.from({ length: coin + 2 }, (_, k) => (chances[k] ?? 0) * (1 - p) + (chances[k - 1] ?? 0) * p);
  }
  return chances;
}
