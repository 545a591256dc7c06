/**
 * Many reports, each with the same epsilon and coins of its own: what they tell together, except with a small chance delta.
 *
 * Kairouz, Oh, Viswanath 2015, "The composition theorem for differential privacy", theorem 3.3: nothing is worse than randomized
 * response. Of k of its answers l are turned with a chance that differs by the factor e^((k - 2l) epsilon), so beyond x
 *   delta(x) = sum over l with (k - 2l) epsilon > x of C(k,l) ( e^((k-l) epsilon) - e^(x + l epsilon) ) / (1 + e^epsilon)^k.
 */
export interface Composition {
  /** The sum: k epsilon, without any delta. */
  readonly basic: number;
  /** The least (k - 2i) epsilon whose delta is small enough: the theorem as printed. */
  readonly tight: number;
  /** The least x, between these steps: what k answers of randomized response really come to. */
  readonly curve: number;
}

/**
 * @param reports - k, 1 or more
 * @param epsilon - of one report
 * @param delta - in (0, 1)
 */
export function composed(reports: number, epsilon: number, delta: number): Composition {
  const beyond = deltaCurve(reports, epsilon);
  const basic = reports * epsilon;
  let steps = 0;
  while (2 * (steps + 1) <= reports && beyond((reports - 2 * (steps + 1)) * epsilon) <= delta) steps++;
  const tight = (reports - 2 * steps) * epsilon;
  let [low, high] = [Math.max(0, tight - 2 * epsilon), tight];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (beyond(middle) <= delta) high = middle;
    else low = middle;
  }
  return { basic, tight, curve: high };
}

/** Then the ends are as close as doubles are. */
const HALVINGS = 60;

/** delta(x). In logarithms: the terms are far outside what a double holds. */
function deltaCurve(k: number, epsilon: number): (x: number) => number {
  // ln of C(k,l) e^((k-l) epsilon) / (1 + e^epsilon)^k
  const chances: number[] = [-k * Math.log1p(Math.exp(-epsilon))];
  for (let l = 1; l <= k; l++) chances.push((chances[l - 1] as number) + Math.log((k - l + 1) / l) - epsilon);
  return (x) => {
    let sum = 0;
    chances.forEach((chance, l) => {
      const loss = (k - 2 * l) * epsilon;
      if (loss > x) sum -= Math.exp(chance) * Math.expm1(x - loss);
    });
    return sum;
  };
}
