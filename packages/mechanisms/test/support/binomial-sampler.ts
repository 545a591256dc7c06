/** Uniform on [0, 1). */
export type Uniform = () => number;

/** ln k! less Stirling's ln(sqrt(2 pi)) + (k + 1/2) ln(k + 1) - (k + 1). */
const STIRLING = [
  0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.020790672103765, 0.0166446911898211, 0.0138761288230707,
  0.0118967099458917, 0.010411265261972, 0.0092554621827127, 0.0083305634333628,
];

function stirlingTail(k: number): number {
  const known = STIRLING[k];
  if (known !== undefined) return known;
  const s = (k + 1) ** 2;
  return (1 / 12 - (1 / 360 - 1 / 1260 / s) / s) / (k + 1);
}

/**
 * Bin(n, p) by transformed rejection with squeeze (Hormann 1993, "The generation of binomial random variates", algorithm
 * BTRS), in time that does not depend on n; by inversion where n p is small. Exact to double precision.
 */
export function sampleBinomial(uniform: Uniform, n: number, p: number): number {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - sampleBinomial(uniform, n, 1 - p);
  return n * p < 10 ? invert(uniform, n, p) : transformedRejection(uniform, n, p);
}

function invert(uniform: Uniform, n: number, p: number): number {
  const odds = p / (1 - p);
  let mass = (1 - p) ** n;
  let rest = uniform();
  let k = 0;
  while (rest > mass && k < n) {
    rest -= mass;
    k++;
    mass *= (odds * (n - k + 1)) / k;
  }
  return k;
}

function transformedRejection(uniform: Uniform, n: number, p: number): number {
  const deviation = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const c = n * p + 0.5;
  const squeeze = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * deviation;
  const mode = Math.floor((n + 1) * p);
  for (;;) {
    const v = uniform();
    const u = uniform() - 0.5;
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + c);
    if (k < 0 || k > n) continue;
    if (us >= 0.07 && v <= squeeze) return k;
    const bound =
      (mode + 0.5) * Math.log((mode + 1) / ((p / (1 - p)) * (n - mode + 1))) +
      (n + 1) * Math.log((n - mode + 1) / (n - k + 1)) +
      (k + 0.5) * Math.log(((p / (1 - p)) * (n - k + 1)) / (k + 1)) +
      stirlingTail(mode) +
      stirlingTail(n - mode) -
      stirlingTail(k) -
      stirlingTail(n - k);
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= bound) return k;
  }
}

/** How `n` fall on cells of the given probabilities, which sum to one. */
export function sampleMultinomial(uniform: Uniform, n: number, probabilities: ArrayLike<number>): Float64Array {
  const counts = new Float64Array(probabilities.length);
  let left = n;
  let mass = 1;
  for (let i = 0; i < counts.length && left > 0; i++) {
    const p = probabilities[i] as number;
    const drawn = i === counts.length - 1 ? left : sampleBinomial(uniform, left, Math.min(1, Math.max(0, p / mass)));
    counts[i] = drawn;
    left -= drawn;
    mass -= p;
  }
  return counts;
}
