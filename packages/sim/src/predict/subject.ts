import type { Budget, Metric } from '@dither/protocol';

/** A metric, and what is true of the installations that report it. */
export interface Subject {
  readonly metric: Metric;
  /** The share that holds each value, of the metric's domain or of `texts`; their sum is one. */
  readonly shares: Float64Array;
  /** Of a text metric the text of each value; the first is "", no event. */
  readonly texts?: readonly string[];
  /** How the population is called. */
  readonly population: string;
  /** What a person may give, over all metrics of the registry. */
  readonly budget: Budget;
  /** Nobody said what numbers look like: they are taken to lie on a bell curve. */
  readonly isAssumed?: true;
}

/** The same population but for one value, which has the given share; all others keep their proportions. */
export function withShare(shares: Float64Array, value: number, share: number): Float64Array {
  const rest = 1 - (shares[value] as number);
  // Where everybody holds the value there are no proportions to keep.
  const others = (1 - share) / (shares.length - 1);
  const scaled = rest > 0 ? shares.map((other) => (other * (1 - share)) / rest) : shares.map(() => others);
  scaled[value] = share;
  return scaled;
}

/** Whole installations with shares as near to those given as can be: what is left over goes to the largest remainders. */
export function wholeHolders(shares: Float64Array, n: number): Float64Array {
  const holders = shares.map((share) => Math.floor(share * n));
  const left = n - holders.reduce((sum, count) => sum + count, 0);
  const remainder = (value: number): number => (shares[value] as number) * n - (holders[value] as number);
  const order = Array.from(shares.keys()).sort((a, b) => remainder(b) - remainder(a) || a - b);
  for (const value of order.slice(0, Math.max(0, left))) holders[value] = (holders[value] as number) + 1;
  return holders;
}
