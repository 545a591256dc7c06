import { estimateSupport, normalQuantile, type Support } from '@dither/mechanisms';

/** Probabilities of `from`, `from` + 1, ...; what is left out is below 1e-17 a value. */
export interface Law {
  readonly from: number;
  readonly mass: Float64Array;
}

/** The law with `mode` and the given ratio of neighbours, P[k+1]/P[k], over [low, high]: summed, then normalized. */
function unimodal(mode: number, low: number, high: number, ratio: (k: number) => number): Law {
  const above = [1];
  for (let k = mode, mass = 1; k < high && mass > 1e-17; k++) {
    mass *= ratio(k);
    above.push(mass);
  }
  const below: number[] = [];
  for (let k = mode - 1, mass = 1; k >= low && mass > 1e-17; k--) {
    mass /= ratio(k);
    below.push(mass);
  }
  const all = [...below.reverse(), ...above];
  const total = all.reduce((sum, mass) => sum + mass, 0);
  return { from: mode - below.length, mass: Float64Array.from(all, (mass) => mass / total) };
}

export function binomial(n: number, p: number): Law {
  if (n === 0 || p === 0) return { from: 0, mass: Float64Array.of(1) };
  const mode = Math.min(n, Math.floor((n + 1) * p));
  return unimodal(mode, 0, n, (k) => ((n - k) * p) / ((k + 1) * (1 - p)));
}

/** How many of `drawn` out of `total`, of whom `marked` are marked, are marked. */
export function hypergeometric(total: number, marked: number, drawn: number): Law {
  const low = Math.max(0, drawn - (total - marked));
  const high = Math.min(drawn, marked);
  const mode = Math.min(high, Math.max(low, Math.floor(((drawn + 1) * (marked + 1)) / (total + 2))));
  const ratio = (k: number) => ((marked - k) * (drawn - k)) / ((k + 1) * (total - marked - drawn + k + 1));
  return unimodal(mode, low, high, ratio);
}

function convolve(a: Law, b: Law): Law {
  const mass = new Float64Array(a.mass.length + b.mass.length - 1);
  a.mass.forEach((x, i) => {
    for (let j = 0; j < b.mass.length; j++) mass[i + j] = (mass[i + j] as number) + x * (b.mass[j] as number);
  });
  return { from: a.from + b.from, mass };
}

/** The exact law of the support count: Bin(holders, p) + Bin(n - holders, q). */
export function countLaw({ p, q }: Support, holders: number, n: number): Law {
  return convolve(binomial(holders, p), binomial(n - holders, q));
}

/** The same when `n` answers are a uniform sample of `reported` installations, `holders` of which hold the value. */
export function sampledCountLaw(support: Support, holders: number, reported: number, n: number): Law {
  const asked = hypergeometric(reported, holders, n);
  const mass = new Float64Array(n + 1);
  asked.mass.forEach((weight, i) => {
    const law = countLaw(support, asked.from + i, n);
    law.mass.forEach((x, j) => {
      mass[law.from + j] = (mass[law.from + j] as number) + weight * x;
    });
  });
  return { from: 0, mass };
}

export type Interval = (count: number, n: number) => readonly [low: number, high: number];

/** Probability that the interval holds the truth. */
export function coverage(law: Law, interval: (count: number) => readonly [number, number], truth: number): number {
  let covered = 0;
  law.mass.forEach((mass, i) => {
    const [low, high] = interval(law.from + i);
    if (low <= truth && truth <= high) covered += mass;
  });
  return covered;
}

const Z = normalQuantile(0.975);

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}

/** Estimate plus and minus z times the plug-in standard error: what DESIGN asks for and ADR 0005 replaces. */
export function plugIn({ p, q }: Support): Interval {
  return (count, n) => {
    const estimate = (count / n - q) / (p - q);
    const share = clamp(estimate);
    const error = (Z * Math.sqrt((share * p * (1 - p) + (1 - share) * q * (1 - q)) / n)) / (p - q);
    return [estimate - error, estimate + error];
  };
}

/**
 * The score interval with a continuity correction, by bisection on the share rather than by the quadratic of
 * `src/estimate/support.ts`: shares f with |count - n pi(f)| - correction <= z sqrt(n v(f)).
 */
export function score({ p, q }: Support, correction: number): Interval {
  return (count, n) => {
    const refuses = (share: number, side: number): boolean => {
      const mean = n * (q + share * (p - q));
      const variance = n * (share * p * (1 - p) + (1 - share) * q * (1 - q));
      return side * (count - mean) - correction > Z * Math.sqrt(variance);
    };
    const end = (side: number): number => {
      // The far end is never refused on this side; walk from the near end.
      const [near, far] = side > 0 ? [0, 1] : [1, 0];
      if (!refuses(near, side)) return near;
      // Every share is refused: the interval lies outside the range.
      if (refuses(far, side)) return far + side * 1e-9;
      let [outside, inside] = [near, far];
      for (let i = 0; i < 60; i++) {
        const middle = (outside + inside) / 2;
        if (refuses(middle, side)) outside = middle;
        else inside = middle;
      }
      return inside;
    };
    return [end(1), end(-1)];
  };
}

/** The package's own interval, each count computed once. */
export function shipped(support: Support, answered = 1): Interval {
  const known = new Map<string, readonly [number, number]>();
  return (count, n) => {
    const key = `${count}/${n}`;
    let interval = known.get(key);
    if (interval === undefined) {
      const { low, high } = estimateSupport(support, count, n, { answered });
      interval = [low, high];
      known.set(key, interval);
    }
    return interval;
  };
}
