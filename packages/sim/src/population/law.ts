import type { WordSource } from '@dither/mechanisms';

/** Draws a true value. Simulation only: real devices have values, and nothing here is part of a mechanism. */
export type Law<Value = number> = (source: WordSource) => Value;

/** A uniform number in (0, 1): 52 bits and a half step, which a double holds exactly, so neither end is ever drawn. */
export function uniformReal(source: WordSource): number {
  return (source.next() * 2 ** 20 + (source.next() >>> 12) + 0.5) / 2 ** 52;
}

/** Index i with probability proportional to `weights[i]`, of which one at least is above zero. */
export function weighted(weights: ArrayLike<number>): Law {
  const cumulative = new Float64Array(weights.length);
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    total += weights[i] as number;
    cumulative[i] = total;
  }
  return (source) => {
    const point = uniformReal(source) * total;
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

/** Weights of rank 1 to `size`: rank^-exponent. */
export function zipfWeights(size: number, exponent: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => (i + 1) ** -exponent);
}

/** A standard normal number (Box and Muller 1958). Two uniform numbers each time, so that no state is kept. */
export function standardNormal(source: WordSource): number {
  return Math.sqrt(-2 * Math.log(uniformReal(source))) * Math.cos(2 * Math.PI * uniformReal(source));
}

/** A standard exponential number. */
export function standardExponential(source: WordSource): number {
  return -Math.log(uniformReal(source));
}

/** The Poisson law as weights around its mode; what is left out weighs less than 1e-18 of the mode. */
export function poissonWeights(mean: number): { readonly from: number; readonly weights: readonly number[] } {
  const mode = Math.floor(mean);
  const below: number[] = [];
  for (let k = mode, weight = 1; k > 0 && weight > 1e-18; k--) {
    weight *= k / mean;
    below.push(weight);
  }
  const above: number[] = [];
  for (let k = mode + 1, weight = 1; weight > 1e-18; k++) {
    weight *= mean / k;
    above.push(weight);
  }
  return { from: mode - below.length, weights: [...below.reverse(), 1, ...above] };
}
