import { fieldArithmetic } from './galois.js';

/**
 * The sum of a_i x_i over the field of `size` elements, a_i and x_i the digits of two numbers in that base.
 *
 * @returns a function of `factors` and `value`, integers below 2^31 times the size
 */
export function linearHash(size: number): (factors: number, value: number) => number {
  const { add, multiply } = fieldArithmetic(size);
  return function hash(factors, value): number {
    return factors > 0
      ? add(multiply(factors % size, value % size), hash((factors / size) | 0, (value / size) | 0))
      : 0;
  };
}
