import { describe, expect, it } from 'vitest';
import { characteristicOf, type Field, galoisField } from '../src/field/galois.js';
import { codeOf } from './support/ensure.js';

/** Size, prime, and the polynomial that its arithmetic is modulo: coefficients from the lowest, the last being one. */
const POWERS: readonly (readonly [number, number, readonly number[]])[] = [
  [4, 2, [1, 1, 1]],
  [8, 2, [1, 1, 0, 1]],
  [9, 3, [2, 1, 1]],
  [16, 2, [1, 1, 0, 0, 1]],
  [25, 5, [2, 1, 1]],
  [27, 3, [1, 2, 0, 1]],
];

const PRIMES = [2, 3, 5, 7, 13];
const SIZES = [...PRIMES, ...POWERS.map(([size]) => size)];

function elementsOf(size: number): number[] {
  return Array.from({ length: size }, (_, element) => element);
}

/** What the field's laws ask of any two or three elements, as the name of the first law broken. */
function brokenLaw({ size, add, negate, multiply, invert }: Omit<Field, 'characteristic'>): string {
  const elements = elementsOf(size);
  for (const a of elements) {
    if (add(a, 0) !== a || multiply(a, 1) !== a || multiply(a, 0) !== 0) return 'neutral elements';
    if (add(a, negate(a)) !== 0) return 'negation';
    if (a !== 0 && multiply(a, invert(a)) !== 1) return 'inversion';
    for (const b of elements) {
      if (add(a, b) !== add(b, a) || multiply(a, b) !== multiply(b, a)) return 'order';
      if (!(multiply(a, b) in elements) || !(add(a, b) in elements)) return 'closure';
      for (const c of elements) {
        if (add(add(a, b), c) !== add(a, add(b, c))) return 'sums of three';
        if (multiply(multiply(a, b), c) !== multiply(a, multiply(b, c))) return 'products of three';
        if (multiply(a, add(b, c)) !== add(multiply(a, b), multiply(a, c))) return 'distribution';
      }
    }
  }
  return 'none';
}

function digitsOf(element: number, prime: number, count: number): number[] {
  return Array.from({ length: count }, (_, place) => Math.floor(element / prime ** place) % prime);
}

/** The product by schoolbook multiplication and division of polynomials. */
function slowProduct(a: number, b: number, prime: number, modulus: readonly number[]): number {
  const degree = modulus.length - 1;
  const product = new Array<number>(2 * degree).fill(0);
  digitsOf(a, prime, degree).forEach((x, i) => {
    digitsOf(b, prime, degree).forEach((y, j) => {
      product[i + j] = ((product[i + j] as number) + x * y) % prime;
    });
  });
  for (let top = product.length - 1; top >= degree; top--) {
    const leading = product[top] as number;
    modulus.forEach((coefficient, j) => {
      const at = top - degree + j;
      product[at] = ((product[at] as number) + (prime - leading) * coefficient) % prime;
    });
  }
  return product.reduce((sum, digit, place) => sum + digit * prime ** place, 0);
}

describe('a finite field', () => {
  for (const size of SIZES) {
    it(`of ${size} elements keeps the laws of a field`, () => {
      expect(brokenLaw(galoisField(size))).toBe('none');
    });
  }

  it('is arithmetic modulo a prime, where its size is one', () => {
    for (const prime of PRIMES) {
      const field = galoisField(prime);
      for (const a of elementsOf(prime)) {
        for (const b of elementsOf(prime)) {
          expect(field.add(a, b)).toBe((a + b) % prime);
          expect(field.multiply(a, b)).toBe((a * b) % prime);
        }
      }
    }
  });

  for (const [size, prime, modulus] of POWERS) {
    it(`of ${size} elements is polynomials modulo the one written here`, () => {
      const field = galoisField(size);
      const digits = modulus.length - 1;
      expect(field.characteristic).toBe(prime);
      for (const a of elementsOf(size)) {
        for (const b of elementsOf(size)) {
          expect(field.multiply(a, b)).toBe(slowProduct(a, b, prime, modulus));
          const sums = digitsOf(a, prime, digits).map(
            (x, i) => (x + (digitsOf(b, prime, digits)[i] as number)) % prime,
          );
          expect(digitsOf(field.add(a, b), prime, digits)).toEqual(sums);
        }
      }
    });
  }

  it('has an element whose powers are all others, in the largest ones too', () => {
    for (const size of [2039, 2048, 1849, 65_521, 65_536]) {
      const { multiply, invert, characteristic } = galoisField(size);
      expect(characteristicOf(size)).toBe(characteristic);
      for (let a = 1; a < size; a += 97) expect(multiply(a, invert(a))).toBe(1);
    }
  });

  it('is told from arithmetic modulo its size, where that is no prime', () => {
    for (const size of [4, 8, 9]) {
      const wrong = {
        size,
        add: (a: number, b: number) => (a + b) % size,
        negate: (a: number) => (size - a) % size,
        multiply: (a: number, b: number) => (a * b) % size,
        invert: (a: number) => a,
      };
      expect(brokenLaw(wrong)).not.toBe('none');
      expect(brokenLaw({ ...galoisField(size), multiply: wrong.multiply })).not.toBe('none');
      expect(brokenLaw({ ...galoisField(size), add: wrong.add })).not.toBe('none');
    }
  });

  it('exists for prime powers only', () => {
    const sizes = Array.from({ length: 33 }, (_, size) => size).filter((size) => characteristicOf(size) !== undefined);
    expect(sizes).toEqual([2, 3, 4, 5, 7, 8, 9, 11, 13, 16, 17, 19, 23, 25, 27, 29, 31, 32]);
    expect(characteristicOf(2.5)).toBeUndefined();
    expect(characteristicOf(1_048_576)).toBe(2);
    for (const size of [-2, 0, 1, 6, 2.5, 65_537, 131_072])
      expect(codeOf(() => galoisField(size))).toBe('option-invalid');
  });
});
