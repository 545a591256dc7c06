import { type BitChannel, probability, type Threshold } from '@dither/mechanisms';
import type { Metric } from '../registry/metric.js';

/** Many bits stored, each reported again and again through a channel: `rappor`, and `l-osue` with a bit for each value. */
interface StoredBits {
  readonly domainSize: number;
  readonly bits?: number;
  readonly permanent: BitChannel;
  readonly instantaneous: BitChannel;
}

/** One of so many symbols stored: `l-grr`, `loloha`. */
interface StoredCell {
  readonly cells: number;
  readonly instantaneous: Threshold;
}

/** A few bits stored and reported as they are: `d-bit-flip`. */
interface StoredReport {
  readonly sampled: number;
  readonly truth: Threshold;
}

/**
 * Bits of information that the first half of an epoch's reports gives about which reports of the second half are the same
 * installation's, beside the cohort: the stored coins shine through the instantaneous ones. Mutual information between
 * either half; for a stored symbol a bound of it. Epsilon knows of it: it takes all reports for linked.
 */
export function linkingBits({ params, microEpoch }: Pick<Metric, 'params' | 'microEpoch'>): number {
  const stored = params as Metric['params'] & (StoredBits | StoredCell | StoredReport);
  const first = Math.floor(microEpoch.length / 2);
  if ('cells' in stored) return linkingOfCell(stored, first);
  if ('sampled' in stored) {
    const always = { ifSet: [0, 1], ifUnset: [1, 0] };
    return stored.sampled * shared(1 - probability(stored.truth), always, always);
  }
  const { instantaneous, permanent } = stored;
  const half = (reports: number): Half => ({
    ifSet: binomial(reports, probability(instantaneous.set)),
    ifUnset: binomial(reports, probability(instantaneous.unset)),
  });
  // Those bits that the value sets, a few of many, are counted like the others.
  const bits = stored.bits ?? stored.domainSize;
  return bits * shared(probability(permanent.unset), half(first), half(microEpoch.length - first));
}

/**
 * At most what the smaller half says of the stored symbol: so many reports, each of which says no more than the capacity of
 * a symmetric channel; and no more than the symbol itself.
 */
function linkingOfCell({ cells, instantaneous }: StoredCell, reports: number): number {
  const keep = probability(instantaneous);
  const other = (1 - keep) / cells;
  const own = keep + other;
  const noise = -own * Math.log2(own) - (cells - 1) * other * Math.log2(other);
  return Math.min(Math.log2(cells), reports * (Math.log2(cells) - noise));
}

/** Chances of how often a stored bit comes out set in one half of the reports. */
interface Half {
  readonly ifSet: readonly number[];
  readonly ifUnset: readonly number[];
}

/** Mutual information of two halves about one stored bit, which is set with chance `stored`. */
function shared(stored: number, a: Half, b: Half): number {
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
  return information;
}

/** Chances of 0, 1, .. n of n coins. */
function binomial(n: number, p: number): readonly number[] {
  let chances = [1];
  for (let coin = 0; coin < n; coin++) {
    chances = Array.from({ length: coin + 2 }, (_, k) => (chances[k] ?? 0) * (1 - p) + (chances[k - 1] ?? 0) * p);
  }
  return chances;
}
