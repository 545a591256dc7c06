import {
  estimateSupport,
  type FrequencyMechanism,
  type IndexParams,
  type Support,
  type WordSource,
} from '@dither/mechanisms';
import { policy } from '../policy.js';
import type { Asked } from '../predict/asked.js';
import { quantityIndex } from '../predict/error.js';
import { binomial } from '../random/binomial.js';
import { binomialChances } from './binomial-chances.js';

/**
 * Many mechanisms estimate a share from one count alone, the reports that support the value: Bin(h, p) + Bin(n - h, q) where h
 * of n hold it (Wang, Blocki, Li, Jha 2017). What is promised of that share then needs no other count, and its chance can
 * be computed.
 */
export interface OneCount {
  readonly support: Support;
  readonly n: number;
  /** Installations that hold the value. */
  readonly held: number;
}

/** How near variances agree that are the same. */
const SAME = 1e-9;

/** Chances of a report to support the value of a share, if the mechanism is of this sort; undefined otherwise. */
export function supportOf(mechanism: FrequencyMechanism, params: IndexParams, asked: Asked): Support | undefined {
  if (asked.of !== 'share') return undefined;
  const { aggregator } = mechanism;
  const index = quantityIndex(mechanism, params, asked);
  const quantity = aggregator.quantities(params)[index];
  if (quantity === undefined) return undefined;
  // What a report that does not support the value, and one that does, says of its share.
  const [without, supporting] = quantity.reach;
  const q = -without / (supporting - without);
  const support = { p: q + 1 / (supporting - without), q };
  const isSo = [0, 0.5, 1].every((share) => {
    // The others all hold one other value: of mechanisms of another sort the variance depends on which.
    const shares = new Float64Array(params.domainSize);
    shares[(asked.value + 1) % params.domainSize] = 1 - share;
    shares[asked.value] = share;
    const expected = supportVariance(support, share);
    return Math.abs((aggregator.variance(params, shares, 1)[index] as number) / expected - 1) < SAME;
  });
  return isSo ? support : undefined;
}

function supportVariance({ p, q }: Support, share: number): number {
  return (share * p * (1 - p) + (1 - share) * q * (1 - q)) / (p - q) ** 2;
}

export function drawCount({ support: { p, q }, n, held }: OneCount, source: WordSource): number {
  return binomial(source, held, p) + binomial(source, n - held, q);
}

/** Whether an estimate from so many supporting reports is as near as asked. */
export function isWithin({ support: { p, q }, n, held }: OneCount, count: number, accuracy: number): boolean {
  return Math.abs((count / n - q) / (p - q) - held / n) <= accuracy;
}

/** Whether the interval excludes zero. */
export function isSeen({ support, n }: OneCount, count: number): boolean {
  return estimateSupport(support, count, n, { confidence: policy.confidence }).low > 0;
}

/** The exact chance that the estimate is as near as asked. */
export function chanceWithin(one: OneCount, accuracy: number): number {
  const { support, n, held } = one;
  const { p, q } = support;
  const countAt = (share: number): number => n * (q + share * (p - q));
  const truth = held / n;
  const [low, high] = [Math.ceil(countAt(truth - accuracy)), Math.floor(countAt(truth + accuracy))];
  return chanceBetween(one, low, high);
}

/** The exact chance that the interval excludes zero. */
export function chanceSeen(one: OneCount): number {
  let [below, from] = [-1, one.n + 1];
  while (from - below > 1) {
    const middle = Math.floor((below + from) / 2);
    if (isSeen(one, middle)) from = middle;
    else below = middle;
  }
  return chanceBetween(one, from, one.n);
}

/** P[low <= count <= high]. */
function chanceBetween({ support: { p, q }, n, held }: OneCount, low: number, high: number): number {
  const own = binomialChances(held, p);
  const others = binomialChances(n - held, q);
  const upTo = others.chances.slice();
  for (let i = 1; i < upTo.length; i++) upTo[i] = (upTo[i] as number) + (upTo[i - 1] as number);
  const atMost = (count: number): number =>
    count < others.from ? 0 : (upTo[Math.min(upTo.length - 1, count - others.from)] as number);
  let sum = 0;
  own.chances.forEach((chance, i) => {
    const count = own.from + i;
    sum += chance * (atMost(high - count) - atMost(low - 1 - count));
  });
  return sum;
}
