import { checkInteger } from '../check.js';
import { MechanismError } from '../errors.js';

/**
 * Buckets of a number: `edges` has one more entry than there are buckets, rising. Bucket i holds
 * edges[i] <= x < edges[i+1]; what lies outside the range goes to the first or the last one.
 */
export type Edges = readonly number[];

/** The same number on every engine, and short enough to read: four significant digits. */
function tidy(x: number): number {
  return Number(x.toPrecision(4));
}

/** Raises by squaring, with multiplications alone: `Math.pow` may differ between engines. */
function power(base: number, exponent: number): number {
  let result = 1;
  for (let square = base, rest = exponent; rest > 0; rest = Math.floor(rest / 2), square *= square) {
    if (rest % 2 === 1) result *= square;
  }
  return result;
}

/** The n-th root of x > 1 by bisection, the same on every engine. */
function root(x: number, n: number): number {
  let low = 1;
  let high = x;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (power(middle, n) <= x) low = middle;
    else high = middle;
  }
  return low;
}

function checkEdges(edges: Edges): Edges {
  if (edges.some((edge, i) => !Number.isFinite(edge) || (i > 0 && edge <= (edges[i - 1] as number)))) {
    throw new MechanismError('option-invalid', 'bucket edges must rise, also after rounding to four digits');
  }
  return Object.freeze(edges);
}

/** The ends as declared, and what `edge` gives between them. */
function withEnds(low: number, high: number, count: number, edge: (i: number) => number): Edges {
  const between = Array.from({ length: count - 1 }, (_, i) => edge(i + 1));
  return checkEdges([low, ...between, high]);
}

/** `count` buckets of equal width over [low, high]. @throws MechanismError `option-invalid` */
export function linearBuckets(low: number, high: number, count: number): Edges {
  checkInteger('option-invalid', 'the number of buckets', count, 2, 4096);
  return withEnds(low, high, count, (i) => tidy(low + ((high - low) * i) / count));
}

/** `count` buckets of equal ratio over [low, high], low > 0. @throws MechanismError `option-invalid` */
export function logBuckets(low: number, high: number, count: number): Edges {
  checkInteger('option-invalid', 'the number of buckets', count, 2, 4096);
  if (!(low > 0 && high > low)) throw new MechanismError('option-invalid', 'a log range is 0 < low < high');
  const step = root(high / low, count);
  return withEnds(low, high, count, (i) => tidy(low * power(step, i)));
}

/** Index of the bucket of `x`. */
export function bucketIndex(edges: Edges, x: number): number {
  let low = 0;
  let high = edges.length - 2;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((edges[middle] as number) <= x) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The amount at a place, a number counted in buckets: 3.25 is a quarter of the way through bucket 3. */
export function amountAt(edges: Edges, place: number): number {
  const bucket = Math.min(Math.floor(place), edges.length - 2);
  const [low = Number.NaN, high = Number.NaN] = edges.slice(bucket, bucket + 2);
  return low + (place - bucket) * (high - low);
}

/** The middle of each bucket: what its events count for in a mean. */
export function bucketMiddles(edges: Edges): Float64Array {
  return Float64Array.from({ length: edges.length - 1 }, (_, bucket) => amountAt(edges, bucket + 0.5));
}
