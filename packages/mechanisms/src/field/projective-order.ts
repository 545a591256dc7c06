import type { Field } from './galois.js';

/**
 * Whether, modulo the polynomial X^t - a(t-1) X^(t-1) - .. - a(0), the power X^order is a constant, and no lower one is.
 * By repeated squaring, so without going through all powers.
 *
 * @param coefficients - a(0) to a(t-1), elements of the field
 */
export function hasProjectiveOrder(field: Field, coefficients: readonly number[], order: number): boolean {
  return (
    isConstant(powerOfX(field, coefficients, order)) &&
    primeFactors(order).every((prime) => !isConstant(powerOfX(field, coefficients, order / prime)))
  );
}

/** Whether a polynomial, lowest coefficient first, is an element other than zero. */
function isConstant(polynomial: readonly number[]): boolean {
  return polynomial[0] !== 0 && polynomial.every((coefficient, place) => place === 0 || coefficient === 0);
}

/** Loops, and no work on zeros: at an app's start nothing is compiled yet. */
function powerOfX(field: Field, coefficients: readonly number[], exponent: number): readonly number[] {
  let power = coefficients.map((_, place) => (place === 0 ? 1 : 0)) as number[];
  for (const bit of exponent.toString(2)) {
    power = remainder(field, coefficients, square(field, power));
    if (bit === '1') power = remainder(field, coefficients, [0, ...power]);
  }
  return power;
}

function square({ add, multiply }: Field, polynomial: readonly number[]): number[] {
  const product = new Array<number>(2 * polynomial.length - 1).fill(0);
  for (let i = 0; i < polynomial.length; i++) {
    const a = polynomial[i] as number;
    if (a === 0) continue;
    for (let j = 0; j < polynomial.length; j++) {
      product[i + j] = add(product[i + j] as number, multiply(a, polynomial[j] as number));
    }
  }
  return product;
}

/** `polynomial`, which is used up, modulo X^t - sum of a(j) X^j. */
function remainder({ add, multiply }: Field, coefficients: readonly number[], polynomial: number[]): number[] {
  while (polynomial.length > coefficients.length) {
    const leading = polynomial.pop() as number;
    const shift = polynomial.length - coefficients.length;
    for (let j = 0; leading !== 0 && j < coefficients.length; j++) {
      const a = coefficients[j] as number;
      if (a !== 0) polynomial[shift + j] = add(polynomial[shift + j] as number, multiply(leading, a));
    }
  }
  return polynomial;
}

function primeFactors(n: number): readonly number[] {
  const primes: number[] = [];
  let rest = n;
  for (let prime = 2; prime * prime <= rest; prime++) {
    if (rest % prime !== 0) continue;
    primes.push(prime);
    while (rest % prime === 0) rest /= prime;
  }
  return rest > 1 ? [...primes, rest] : primes;
}
