import { MechanismError } from '../errors.js';

/**
 * A finite field. Its elements are the integers 0 .. size-1: the digits of one in base `characteristic`, lowest first, are
 * the coefficients of a polynomial, and 0 and 1 are zero and one. Only where the size is prime is this arithmetic modulo it.
 */
export interface Field {
  readonly size: number;
  readonly characteristic: number;
  add(a: number, b: number): number;
  negate(a: number): number;
  multiply(a: number, b: number): number;
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
 * The field of `size` elements: polynomials over the integers modulo p, modulo the least primitive one of the degree needed
 * (monic, least as a number in base p). Lidl, Niederreiter 1997, "Finite fields", sections 1.4 and 3.1.
 *
 * @param size - a prime power from 2 to 65,536
 * @throws MechanismError `option-invalid`
 */
export function galoisField(size: number): Field {
  const p = size <= 65_536 ? characteristicOf(size) : undefined;
  if (p === undefined) throw new MechanismError('option-invalid', 'the size of a field is a prime power up to 65,536');
  const [powers, logarithms] = powerTables(size, p);
  const order = size - 1;
  const add = (a: number, b: number) => (p === 2 ? a ^ b : p === size ? (a + b) % size : addDigits(a, b, p));
  return Object.freeze({
    size,
    characteristic: p,
    add,
    negate: (a: number) => (p === 2 ? a : negateDigits(a, p)),
    multiply(a: number, b: number) {
      if (a === 0 || b === 0) return 0;
      return powers[((logarithms[a] as number) + (logarithms[b] as number)) % order] as number;
    },
    invert: (a: number) => powers[(order - (logarithms[a] as number)) % order] as number,
  });
}

function addDigits(a: number, b: number, p: number): number {
  let sum = 0;
  for (let [x, y, place] = [a, b, 1]; x > 0 || y > 0; x = Math.floor(x / p), y = Math.floor(y / p), place *= p) {
    sum += (((x % p) + (y % p)) % p) * place;
  }
  return sum;
}

function negateDigits(a: number, p: number): number {
  let negated = 0;
  for (let [x, place] = [a, 1]; x > 0; x = Math.floor(x / p), place *= p) negated += ((p - (x % p)) % p) * place;
  return negated;
}

/** The powers of an element that has all of them, and of which power each element is. */
function powerTables(size: number, p: number): [Uint16Array, Uint16Array] {
  for (let choice = 1; ; choice++) {
    // Of a prime field the least such element; otherwise x, modulo the least polynomial for which it is one.
    const powers = powersOf((a) => (size === p ? (a * choice) % p : timesX(a, size, p, choice)), size);
    if (powers === undefined) continue;
    const logarithms = new Uint16Array(size);
    powers.forEach((element, power) => {
      logarithms[element] = power;
    });
    return [powers, logarithms];
  }
}

/** 1, step(1), step(step(1)) .., if that goes through all elements but zero. */
function powersOf(step: (element: number) => number, size: number): Uint16Array | undefined {
  const powers = new Uint16Array(size - 1);
  let power = 1;
  for (let i = 0; i < size - 1; i++) {
    if (power === 0 || (i > 0 && power === 1)) return undefined;
    powers[i] = power;
    power = step(power);
  }
  return power === 1 ? powers : undefined;
}

/** x a modulo the monic polynomial x^e + tail, p^e = size. */
function timesX(a: number, size: number, p: number, tail: number): number {
  let shifted = (a * p) % size;
  for (let leading = Math.floor((a * p) / size); leading > 0; leading--) {
    shifted = addDigits(shifted, negateDigits(tail, p), p);
  }
  return shifted;
}
