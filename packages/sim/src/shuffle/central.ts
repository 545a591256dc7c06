import { anyBound, blanketBound, type DeltaAt } from './bounds.js';
import type { LocalRandomizer } from './randomizer.js';

/** Central differential privacy of a shuffled batch. Both are upper bounds. */
export interface Central {
  /** The delta of a central epsilon. */
  delta(epsilon: number): number;
  /** The central epsilon at a delta above 0; never above the local epsilon. */
  epsilon(delta: number): number;
}

/** Beyond it, where e^epsilon hardly is a double, a batch that is shuffled tells whatever its messages tell. */
const HOPELESS = 600;

/** How near the search comes, as a part of epsilon. */
const NEAR = 1e-5;

/**
 * What shuffling makes of a randomizer: the better of the bound for any, and of the one of its own where there is one.
 *
 * @param n - honest messages in the batch, that of the person in question among them; 1 or more
 */
export function centralPrivacy(randomizer: LocalRandomizer, n: number): Central {
  const { epsilon: local, support } = randomizer;
  if (local > HOPELESS) return { delta: (epsilon) => (epsilon < local ? 1 : 0), epsilon: () => local };
  const any = anyBound(randomizer, n);
  const own = support === undefined ? any : blanketBound(randomizer, n);
  return {
    delta: (epsilon) => Math.min(1, any(epsilon), own === any ? 1 : own(epsilon)),
    epsilon(delta) {
      const found = leastEpsilon(any, delta, local);
      return own === any ? found : leastEpsilon(own, delta, found);
    },
  };
}

/**
 * The least epsilon at which `deltaAt`, which falls, is no more than `delta`, to within {@link NEAR} and not below; `most` where it is
 * no less. By false position in the logarithm of delta (Dowell, Jarratt 1971, the Illinois rule); `high` always keeps the promise.
 */
export function leastEpsilon(deltaAt: DeltaAt, delta: number, most: number): number {
  const excessAt = (epsilon: number) => Math.log(deltaAt(epsilon) / delta);
  if (excessAt(0) <= 0) return 0;
  let high = most;
  let below = excessAt(high);
  if (below > 0) return most;
  let low = high / 2;
  let above = excessAt(low);
  for (; above <= 0; above = excessAt(low)) {
    high = low;
    below = above;
    low = high / 2;
  }
  for (let side = 0; high - low > NEAR * high; ) {
    const guess = high - (below * (high - low)) / (below - above);
    // Never at an end itself, and in the middle where the two ends say nothing of where to look.
    const isSound = below > -100 && guess > low && guess < high;
    const epsilon = isSound ? Math.min(high - 0.4 * NEAR * high, Math.max(low, guess)) : (low + high) / 2;
    const value = excessAt(epsilon);
    if (value <= 0) {
      if (side < 0) above /= 2;
      [high, below, side] = [epsilon, value, -1];
    } else {
      if (side > 0) below /= 2;
      [low, above, side] = [epsilon, value, 1];
    }
  }
  return high;
}
