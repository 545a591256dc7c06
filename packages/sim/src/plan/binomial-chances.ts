import { logBinomialMass } from '../random/binomial-mass.js';

/** Chances of `from`, `from + 1`, ... */
export interface Chances {
  readonly from: number;
  readonly chances: Float64Array;
}

/** What lies further from the mean has a chance below 1e-15 in all. */
const DEVIATIONS = 9;
const FEW = 60;

/** The binomial law, but for tails that no sum notices. In time of some multiple of its standard deviation. */
export function binomialChances(n: number, p: number): Chances {
  if (n === 0 || p <= 0 || p >= 1) return { from: p >= 1 ? n : 0, chances: Float64Array.of(1) };
  const reach = Math.ceil(DEVIATIONS * Math.sqrt(n * p * (1 - p))) + FEW;
  const mode = Math.floor((n + 1) * p);
  const [from, to] = [Math.max(0, mode - reach), Math.min(n, mode + reach)];
  const chances = new Float64Array(to - from + 1);
  const odds = p / (1 - p);
  chances[mode - from] = Math.exp(logBinomialMass(mode, n, p));
  for (let k = mode; k < to; k++) chances[k + 1 - from] = ((chances[k - from] as number) * odds * (n - k)) / (k + 1);
  for (let k = mode; k > from; k--) chances[k - 1 - from] = ((chances[k - from] as number) * k) / (odds * (n - k + 1));
  return { from, chances };
}
