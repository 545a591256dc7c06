import { DECODING } from './policy.js';

/**
 * A symmetric matrix, as the product of a lower triangle and its transpose, rows taken in the order `pivots`: at each
 * step the one of which most is left after those before it. Rows of which nothing is left stay outside.
 */
export interface Factor {
  readonly size: number;
  /** Rows in the order taken. */
  readonly pivots: Int32Array;
  /** Rows that are combinations of those taken. */
  readonly dependent: Int32Array;
  /** Row v of the triangle at v * size; its columns follow the order of the pivots. */
  readonly triangle: Float64Array;
}

export function factorize(matrix: Float64Array, size: number): Factor {
  const triangle = new Float64Array(size * size);
  const order = Int32Array.from({ length: size }, (_, v) => v);
  const left = Float64Array.from({ length: size }, (_, v) => matrix[v * size + v] as number);
  const share = (v: number): number => {
    const whole = matrix[v * size + v] as number;
    return whole > 0 ? (left[v] as number) / whole : 0;
  };
  let rank = 0;
  for (; rank < size; rank++) {
    let best = rank;
    for (let i = rank + 1; i < size; i++) if (share(order[i] as number) > share(order[best] as number)) best = i;
    const pivot = order[best] as number;
    if (share(pivot) < DECODING.dependence) break;
    order[best] = order[rank] as number;
    order[rank] = pivot;
    const root = Math.sqrt(left[pivot] as number);
    triangle[pivot * size + rank] = root;
    for (let i = rank + 1; i < size; i++) {
      const v = order[i] as number;
      const entry = ((matrix[v * size + pivot] as number) - product(triangle, v * size, pivot * size, rank)) / root;
      triangle[v * size + rank] = entry;
      left[v] = (left[v] as number) - entry * entry;
    }
  }
  return { size, pivots: order.slice(0, rank), dependent: order.slice(rank), triangle };
}

/** Scalar product of the first `length` entries at two places. */
function product(entries: Float64Array, a: number, b: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += (entries[a + i] as number) * (entries[b + i] as number);
  return sum;
}

/** Solves triangle y = b. @param b - indexed by row; @returns y, indexed by the order of the pivots */
export function forward({ size, pivots, triangle }: Factor, b: Float64Array): Float64Array {
  const y = new Float64Array(pivots.length);
  for (let i = 0; i < y.length; i++) {
    const at = (pivots[i] as number) * size;
    let sum = b[pivots[i] as number] as number;
    for (let j = 0; j < i; j++) sum -= (triangle[at + j] as number) * (y[j] as number);
    y[i] = sum / (triangle[at + i] as number);
  }
  return y;
}

/** Solves transposed triangle x = y. @returns x, indexed by row, zero outside the pivots */
function backward({ size, pivots, triangle }: Factor, y: Float64Array): Float64Array {
  const x = new Float64Array(size);
  const rest = Float64Array.from(y);
  for (let i = rest.length - 1; i >= 0; i--) {
    const at = (pivots[i] as number) * size;
    const value = (rest[i] as number) / (triangle[at + i] as number);
    x[pivots[i] as number] = value;
    for (let j = 0; j < i; j++) rest[j] = (rest[j] as number) - value * (triangle[at + j] as number);
  }
  return x;
}

/** Solves matrix x = b on the pivots; zero outside them. */
export function solve(factor: Factor, b: Float64Array): Float64Array {
  return backward(factor, forward(factor, b));
}

/** The diagonal of the inverse, indexed by row; infinite outside the pivots. */
export function inverseDiagonal({ size, pivots, triangle }: Factor): Float64Array {
  const diagonal = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  const column = new Float64Array(pivots.length);
  for (let c = 0; c < pivots.length; c++) {
    let squares = 0;
    for (let i = c; i < pivots.length; i++) {
      const at = (pivots[i] as number) * size;
      let sum = i === c ? 1 : 0;
      for (let j = c; j < i; j++) sum -= (triangle[at + j] as number) * (column[j] as number);
      const entry = sum / (triangle[at + i] as number);
      column[i] = entry;
      squares += entry * entry;
    }
    diagonal[pivots[c] as number] = squares;
  }
  return diagonal;
}

/** A dependent row, and what it is made of: row = sum of weights * rows, zero outside the pivots. */
export function combination(factor: Factor, row: number): Float64Array {
  const { size, pivots, triangle } = factor;
  return backward(factor, triangle.slice(row * size, row * size + pivots.length));
}
