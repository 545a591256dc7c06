import type { WordSource } from '@dither/mechanisms';
import { uniform } from '../random/uniform.js';

/** Draws a true value. Simulation only: real devices have values, and nothing here is part of a mechanism. */
export type Law<Value = number> = (source: WordSource) => Value;

/** Index i with probability proportional to `weights[i]`, of which one at least is above zero. */
export function weighted(weights: ArrayLike<number>): Law {
  const cumulative = new Float64Array(weights.length);
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    total += weights[i] as number;
    cumulative[i] = total;
  }
  return (source) => {
    const point = uniform(source) * total;
    let low = 0;
    let high = cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((cumulative[middle] as number) > point) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
