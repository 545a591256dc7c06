import { binomialLaw } from './binomial-law.js';
import { excess, type Kinds } from './excess.js';
import { above, below, type LocalRandomizer, mostVariation } from './randomizer.js';

/** The delta that goes with a central epsilon. */
export type DeltaAt = (epsilon: number) => number;

/**
 * Any local randomizer: Feldman, McMillan, Talwar 2023, "Stronger privacy amplification by shuffling for Renyi and approximate
 * differential privacy". Each of the others is, with probability 1/(P+1) each, a clone of the one value or of the
 * other; the message in question is one or the other with P/(P+1).
 *
 * That it holds where all others hold one value follows from `excess` by convex order: of the likelihood ratio of a message,
 * that of randomized response is the most spread among all with its mean and range. `test/shuffle.test.ts` has others, too.
 */
export function anyBound({ epsilon }: LocalRandomizer, n: number): DeltaAt {
  const odds = Math.expm1(epsilon);
  const clone = below(1 / (odds + 2));
  const kinds: Kinds = { odds, left: clone, right: clone, neither: 0 };
  return (central) => excess(kinds, n, central);
}

/**
 * The others' common part of a randomizer whose reports support values: Balle, Bell, Gascon, Nissim 2019, "The privacy blanket of the shuffle model". Whatever its value, a
 * message is with probability `blanket` a draw of one law; how many are, is told, and the rest is told, too.
 *
 * Under that law a report supports neither of two values, one or both. To support both is as likely under either, P times as
 * likely as in the law, and therefore tells that the message is no other: it is replaced by "only the second" with probability 1-1/e, and
 * by "neither" otherwise, which has the same mean and spreads more, so that the divergence is no less.
 *
 * Of the number of messages under the blanket stretches are taken together, at their least: with more there is less to tell.
 */
export function blanketBound({ epsilon, totalVariation, support = 0 }: LocalRandomizer, n: number): DeltaAt {
  const odds = Math.expm1(epsilon);
  const blanket = below(1 - (support * odds) / (odds + 1));
  const apart = above(totalVariation / odds);
  const both = Math.max(0, support / (odds + 1) - totalVariation / odds);
  const hidden = binomialLaw(n - 1, blanket);
  const spread = Math.sqrt(n * blanket * (1 - blanket));
  return (central) => {
    const left = apart / blanket;
    const right = left + (both / blanket) * -Math.expm1(-central);
    const kinds: Kinds = { odds, left, right: Math.min(right, 1 - left), neither: 1 };
    let sum = hidden.outside;
    for (let i = 0; i < hidden.mass.length; ) {
      const least = hidden.from + i + 1;
      let mass = 0;
      const stretch = Math.max(1, Math.floor(Math.min(spread, STRETCH * least)));
      for (const next = i + stretch; i < next; i++) mass += hidden.mass[i] ?? 0;
      sum += above(mass) * Math.min(1, blanket * excess(kinds, least, central));
    }
    return sum;
  };
}

/** How long a stretch is at most, as a part of the messages: so small a part of epsilon is what it costs. */
const STRETCH = 1e-3;

/**
 * To compare with: variation-ratio reduction, Wang et al. 2024, "Privacy amplification via shuffling: unified, simplified, and tightened",
 * with the total variation and Q = P. It takes it that what both values send alike is sent by all others, too.
 * Where they send it more rarely, the divergence is larger than this: of randomized response over four values or more always, by
 * a little (`test/shuffle.test.ts`). So it is no bound.
 */
export function variationRatio({ epsilon, totalVariation }: LocalRandomizer, n: number): DeltaAt {
  const odds = Math.expm1(epsilon);
  const apart = Math.min(mostVariation(epsilon), totalVariation) / odds;
  const neither = Math.max(0, 1 - apart * (odds + 2)) / (1 - 2 * apart);
  const kinds: Kinds = { odds, left: apart, right: apart, neither };
  return (central) => excess(kinds, n, central);
}
