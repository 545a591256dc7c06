/**
 * The standard normal quantile.
 *
 * Acklam's rational approximation (2003, relative error 1.2e-9), then one step of Halley's method, which leaves
 * double precision in the range intervals use.
 *
 * @param probability - in (0, 1)
 */
export function normalQuantile(probability: number): number {
  const z = acklam(probability);
  const error = normalTail(-z) - probability;
  const step = error * Math.sqrt(2 * Math.PI) * Math.exp((z * z) / 2);
  return z - step / (1 + (z * step) / 2);
}

const A = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
] as const;
const B = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1,
] as const;
const C = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
] as const;
const D = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416] as const;

function horner(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, c) => sum * x + c, 0);
}

function acklam(p: number): number {
  const tail = 0.02425;
  if (p < tail) {
    const q = Math.sqrt(-2 * Math.log(p));
    return horner(C, q) / (horner(D, q) * q + 1);
  }
  if (p > 1 - tail) return -acklam(1 - p);
  const q = p - 0.5;
  const r = q * q;
  return (horner(A, r) * q) / (horner(B, r) * r + 1);
}

/**
 * P[standard normal > z], to at least twelve digits also far out: the series of Marsaglia 2004, "Evaluating the normal
 * distribution", near the middle; beyond it Laplace's continued fraction for Mills' ratio.
 */
export function normalTail(z: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < -3) return 1 - normalTail(-z);
  if (z > 3) {
    let ratio = z;
    for (let i = 120; i > 0; i--) ratio = z + i / ratio;
    return density / ratio;
  }
  let sum = 0;
  for (let term = z, i = 1; Math.abs(term) > 1e-18; i++) {
    sum += term;
    term *= (z * z) / (2 * i + 1);
  }
  return 0.5 - density * sum;
}
