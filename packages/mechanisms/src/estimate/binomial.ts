/** Lanczos' approximation of ln Gamma, g = 7, nine terms (Press et al., section 6.1); relative error 1e-15. */
function lnGamma(x: number): number {
  let sum = LANCZOS[0];
  for (let i = 1; i < LANCZOS.length; i++) sum += (LANCZOS[i] as number) / (x + i - 1);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

/** A stretch of a binomial law: `mass[i] = P[X = from + i]`; what is left out is below 1e-18 a value. */
export interface Law {
  readonly from: number;
  readonly mass: readonly number[];
}

/**
 * Bin(n, p), from its mode outwards until the mass is negligible: time and space are some standard deviations,
 * not n.
 */
export function binomialLaw(n: number, p: number): Law {
  if (n === 0 || p <= 0) return { from: 0, mass: [1] };
  if (p >= 1) return { from: n, mass: [1] };
  const mode = Math.min(n, Math.floor((n + 1) * p));
  const peak = Math.exp(
    lnGamma(n + 1) - lnGamma(mode + 1) - lnGamma(n - mode + 1) + mode * Math.log(p) + (n - mode) * Math.log1p(-p),
  );
  const odds = p / (1 - p);
  const below: number[] = [];
  for (let k = mode, mass = peak; k > 0 && mass > 1e-18; k--) {
    mass *= k / ((n - k + 1) * odds);
    below.push(mass);
  }
  const above: number[] = [];
  for (let k = mode, mass = peak; k < n && mass > 1e-18; k++) {
    mass *= ((n - k) * odds) / (k + 1);
    above.push(mass);
  }
  const from = mode - below.length;
  return { from, mass: [...below.reverse(), peak, ...above] };
}

/** P[X <= count], P[X >= count] of one law. */
function tails(law: Law): { atMost(count: number): number; atLeast(count: number): number } {
  const cumulative: number[] = [];
  let sum = 0;
  for (const mass of law.mass) {
    sum += mass;
    cumulative.push(sum);
  }
  const atMost = (count: number): number => {
    const i = Math.floor(count) - law.from;
    return i < 0 ? 0 : Math.min(1, cumulative[Math.min(i, cumulative.length - 1)] as number);
  };
  return { atMost, atLeast: (count) => 1 - atMost(count - 1) };
}

/** Lower and upper tail probabilities of the sum of two independent binomials, at `count`. */
export function sumTails(a: Law, b: Law, count: number): { atMost: number; atLeast: number } {
  const [short, long] = a.mass.length <= b.mass.length ? [a, b] : [b, a];
  const { atMost, atLeast } = tails(long);
  let below = 0;
  let above = 0;
  short.mass.forEach((mass, i) => {
    below += mass * atMost(count - short.from - i);
    above += mass * atLeast(count - short.from - i);
  });
  return { atMost: below, atLeast: above };
}
