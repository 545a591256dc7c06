import { MechanismError } from '../errors.js';

/**
 * Sums and products of a finite field. Its elements are the integers 0 .. size-1: the digits of one in base `characteristic`,
 * lowest first, are the coefficients of a polynomial, and 0 and 1 are zero and one. Only where the size is prime is this
 * arithmetic modulo it.
 */
export interface Arithmetic {
  add(a: number, b: number): number;
  multiply(a: number, b: number): number;
}

export interface Field extends Arithmetic {
  readonly size: number;
  readonly characteristic: number;
  negate(a: number): number;
  /** @param a - not zero */
  invert(a: number): number;
}

/** The prime of which `size` is a power, or undefined if it is none. */
export function characteristicOf(size: number): number | undefined {
  if (!Number.isInteger(size) || size < 2) return undefined;
  let prime = 2;
  while (prime * prime <= size && size % prime !== 0) prime++;
  if (size % prime !== 0) prime = size;
  let rest = size;
  while (rest % prime === 0) rest /= prime;
  return rest === 1 ? prime : undefined;
}

/**
 * @param size - a prime power from 2 to 65,536
 * @throws MechanismError `option-invalid`
 */
export function galoisField(size: number): Field {
  const characteristic = size <= 65_536 ? characteristicOf(size) : undefined;
  if (characteristic === undefined) {
    throw new MechanismError('option-invalid', 'the size of a field is a prime power up to 65,536');
  }
  const arithmetic = fieldArithmetic(size);
  const { multiply } = arithmetic;
  const power = (a: number, exponent: number): number => {
    if (exponent === 0) return 1;
    const root = power(a, exponent >> 1);
    return multiply(multiply(root, root), exponent % 2 === 1 ? a : 1);
  };
  return Object.freeze({
    ...arithmetic,
    size,
    characteristic,
    negate: (a: number) => multiply(a, characteristic - 1),
    invert: (a: number) => power(a, size - 2),
  });
}

/**
 * The field of `size` elements: polynomials over the integers modulo p, modulo the least primitive one of the degree needed
 * (monic, least as a number in base p). Lidl, Niederreiter 1997, "Finite fields", sections 1.4 and 3.1.
 *
 * @param size - a prime power from 2 to 65,536; not checked
 */
export function fieldArithmetic(size: number): Arithmetic {
  let p = 2;
  while (size % p > 0) p++;
  // The powers of x, and of which power each element is, modulo the least polynomial x^e + tail for which that is all of
  // them. In a prime field e is 1, and x an element.
  const powers = new Uint16Array(size);
  const logarithms = new Uint16Array(size);
  let element = 0;
  let power = 0;
  for (let tail = 1; element !== 1 || power < size - 1; tail++) {
    element = 1;
    power = 0;
    do {
      powers[power] = element;
      logarithms[element] = power++;
      // x times it: what comes to x^e and above is taken off as so many times the polynomial.
      element = addMultiple((element * p) % size, tail, p - Math.floor((element * p) / size), p);
    } while (power < size - 1 && element > 1);
  }
  return {
    add: (a, b) => addMultiple(a, b, 1, p),
    multiply(a, b) {
      const power = (logarithms[a] as number) + (logarithms[b] as number);
      return a * b > 0 ? (powers[power % (size - 1)] as number) : 0;
    },
  };
}

/** a and so many times b, digit by digit. */
function addMultiple(a: number, b: number, times: number, p: number): number {
  if (p === 2) return a ^ (b * (times & 1));
  return a + b > 0 ? ((a + times * b) % p) + p * addMultiple((a / p) | 0, (b / p) | 0, times, p) : 0;
}
