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
