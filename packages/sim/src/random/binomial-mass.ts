/** ln k! less Stirling's k ln k - k + ln(2 pi k)/2, for k below 16; of k = 0 it is never asked. */
const STIRLING_ERRORS = [
  0, 0.08106146679532726, 0.0413406959554093, 0.02767792568499834, 0.020790672103765093, 0.016644691189821193,
  0.013876128823070748, 0.01189670994589177, 0.010411265261972096, 0.009255462182712733, 0.00833056343336287,
  0.007573675487951841, 0.00694284010720953, 0.006408994188004207, 0.0059513701127588475, 0.005554733551962801,
];

/** The same of any k: its asymptotic series, whose first term left out is below 1e-15 from 16 on. */
function stirlingError(k: number): number {
  if (k < STIRLING_ERRORS.length) return STIRLING_ERRORS[k] as number;
  const s = 1 / (k * k);
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - s / 1188) * s) * s) * s) / k;
}

/** x ln(x/mean) + mean - x. Where the two are near, by its series: the difference of large logarithms would leave little. */
function deviance(x: number, mean: number): number {
  const difference = x - mean;
  if (Math.abs(difference) >= 0.1 * (x + mean)) return x * Math.log(x / mean) - difference;
  const v = difference / (x + mean);
  const square = v * v;
  let sum = difference * v;
  let term = 2 * x * v;
  for (let j = 3; ; j += 2) {
    term *= square;
    const next = sum + term / j;
    if (next === sum) return sum;
    sum = next;
  }
}

/**
 * ln P[X = k], X ~ Bin(n, p): Loader 2000, "Fast and accurate computation of binomial probabilities". Its error is some
 * 1e-15 at any n below 2^53, where a sum of logarithms of factorials loses n times as much.
 *
 * @param p - in (0, 1)
 */
export function logBinomialMass(k: number, n: number, p: number): number {
  if (k === 0) return n * Math.log1p(-p);
  if (k === n) return n * Math.log(p);
  const rest = n - k;
  return (
    stirlingError(n) -
    stirlingError(k) -
    stirlingError(rest) -
    deviance(k, n * p) -
    deviance(rest, n * (1 - p)) +
    Math.log(n / (k * rest * 2 * Math.PI)) / 2
  );
}
