import type { Estimate } from '../mechanism.js';
import { binomialLaw, sumTails } from './binomial.js';
import { normalQuantile } from './normal.js';

/**
 * Estimation from support counts: n answers, of which `count` support the value, where an answer supports it
 * with probability p if it is true for its client and q otherwise, p > q.
 *
 * Wang, Blocki, Li, Jha 2017, "Locally differentially private protocols for frequency estimation", section 3.
 */
export interface Support {
  readonly p: number;
  readonly q: number;
}

export interface SupportOptions {
  readonly confidence?: number;
  /**
   * Share of the installations in question that answered, in [0, 1]. 1 when everybody who reported answered: the
   * truth is then the share among those who answered. Below 1 the answers are a random sample of those who
   * reported, and the interval allows for that; 0 is the safe choice when the truth is not a share.
   */
  readonly answered?: number;
  /** Multiplies every figure: the truth is `scale` times a share. */
  readonly scale?: number;
}

/** Smallest expected number of supporting, and of not supporting, answers for the score interval. */
const ENOUGH = 10;

/** Continuity correction, in answers; the value that makes coverage at least .94 everywhere (docs/adr/0005). */
const CONTINUITY = 0.25;

/** Variance of one answer's support, as a function of its mean `pi`: a0 + a1 pi + a2 pi^2. */
function supportVariance({ p, q }: Support, answered: number): readonly [number, number, number] {
  return [answered * p * q, 1 - answered * (p + q), answered - 1];
}

/**
 * Estimated share, its standard error, interval and detection limit.
 *
 * A score interval is not cut to the range of the truth: one wholly below zero says "bad luck, or forged reports", where
 * [0, 0] would look like certainty. An exact interval is made of shares, and need not hold an estimate that is not one.
 */
export function estimateSupport(support: Support, count: number, n: number, options: SupportOptions = {}): Estimate {
  const { confidence = 0.95, answered = 1, scale = 1 } = options;
  if (n === 0) {
    return {
      value: Number.NaN,
      standardError: Number.POSITIVE_INFINITY,
      low: 0,
      high: scale,
      n: 0,
      detectionLimit: Number.POSITIVE_INFINITY,
    };
  }
  const { p, q } = support;
  const value = (count / n - q) / (p - q);
  const [low, high] = isPlenty(support, n)
    ? scoreInterval(support, count, n, confidence, answered)
    : exactInterval(support, count, n, confidence, answered);
  return {
    value: scale * value,
    standardError: scale * standardErrorAt(support, clampShare(value), n, answered),
    low: scale * low,
    high: scale * high,
    n,
    detectionLimit: scale * detectionLimit(support, n, answered),
  };
}

/** Whether support and its lack are both frequent enough, whatever the truth, for the score interval. */
function isPlenty({ p, q }: Support, n: number): boolean {
  return n * Math.min(q, 1 - p) >= ENOUGH;
}

function clampShare(share: number): number {
  return Math.min(1, Math.max(0, share));
}

function standardErrorAt(support: Support, share: number, n: number, answered: number): number {
  const [a0, a1, a2] = supportVariance(support, answered);
  const pi = support.q + share * (support.p - support.q);
  return Math.sqrt(Math.max(0, a0 + a1 * pi + a2 * pi * pi) / n) / (support.p - support.q);
}

/**
 * The shares that a two-sided score test does not refuse: |count - n pi| <= z sqrt(n v(pi)), a quadratic in pi
 * (Wilson 1927, for the variance of a randomized answer), with a continuity correction of a quarter answer.
 */
function scoreInterval(
  support: Support,
  count: number,
  n: number,
  confidence: number,
  answered: number,
): readonly [number, number] {
  const z = normalQuantile(0.5 + confidence / 2);
  const k = (z * z) / n;
  const [a0, a1, a2] = supportVariance(support, answered);
  // Solved for the distance from x: in pi itself the discriminant would cancel when n is large and epsilon high.
  const root = (x: number, sign: number): number => {
    const a = 1 - k * a2;
    const b = k * (a1 + 2 * a2 * x);
    const c = k * (a0 + a1 * x + a2 * x * x);
    const distance = (b + sign * Math.sqrt(Math.max(0, b * b + 4 * a * c))) / (2 * a);
    return (x + distance - support.q) / (support.p - support.q);
  };
  return [root((count - CONTINUITY) / n, -1), root((count + CONTINUITY) / n, 1)];
}

/** A grid of shares 0, 1/steps .. 1, and the exact tail probabilities of a count at each. */
interface ExactLaw {
  readonly steps: number;
  tailsAt(step: number, count: number): { readonly atMost: number; readonly atLeast: number };
}

/**
 * With everybody answering, `holders` of n clients hold the value and the count is the sum of
 * Bin(holders, p) and Bin(n - holders, q). Otherwise it is at most as spread as Bin(n, pi) (Hoeffding 1956),
 * which is used instead.
 */
function exactLaw({ p, q }: Support, n: number, answered: number): ExactLaw {
  if (answered === 1) {
    const tailsAt: ExactLaw['tailsAt'] = (holders, count) =>
      sumTails(binomialLaw(holders, p), binomialLaw(n - holders, q), count);
    return { steps: n, tailsAt };
  }
  const steps = 4096;
  const nobody = binomialLaw(0, 0);
  return {
    steps,
    tailsAt: (step, count) => sumTails(binomialLaw(n, q + (step / steps) * (p - q)), nobody, count),
  };
}

/** The shares that neither one-sided exact test refuses, for small counts. */
function exactInterval(
  support: Support,
  count: number,
  n: number,
  confidence: number,
  answered: number,
): readonly [number, number] {
  const alpha = (1 - confidence) / 2;
  const { steps, tailsAt } = exactLaw(support, n, answered);
  // Both tails are monotone in the share.
  const low = firstWhere(steps, (step) => tailsAt(step, count).atLeast > alpha);
  const high = firstWhere(steps, (step) => tailsAt(step, count).atMost <= alpha) - 1;
  // No share brings so few, or so many: the score interval says by how much.
  if (low > high) return scoreInterval(support, count, n, confidence, answered);
  // A grid that is not the truth's own is widened by a step.
  const slack = answered === 1 ? 0 : 1;
  return [Math.max(0, low - slack) / steps, Math.min(steps, high + slack) / steps];
}

/** The first integer of 0..last for which a monotone predicate holds, or last + 1. */
function firstWhere(last: number, holds: (i: number) => boolean): number {
  let low = 0;
  let high = last + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Two-sided confidence at which a share is told from zero, and how surely it is: 19 times in 20 each. */
const TOLD_ALPHA = 0.025;
const TOLD_POWER = 0.95;

/**
 * The smallest share that is told from zero (its two-sided 95% interval excludes it) 19 times in 20. Currie 1968,
 * "Limits for qualitative detection". Above 1, or infinite: then nothing can be told from zero at this n.
 */
function detectionLimit(support: Support, n: number, answered: number): number {
  return isPlenty(support, n) ? normalLimit(support, n, answered) : exactLimit(support, n, answered);
}

/** The f with f - 1.645 se(f) = 1.960 se(0). */
function normalLimit(support: Support, n: number, answered: number): number {
  const base = 1.959964 * standardErrorAt(support, 0, n, answered);
  let share = base;
  for (let i = 0; i < 50; i++) share = base + 1.644854 * standardErrorAt(support, share, n, answered);
  return share;
}

/** The same from the exact law: first the smallest count whose interval excludes zero, then the share that brings it. */
function exactLimit(support: Support, n: number, answered: number): number {
  const { steps, tailsAt } = exactLaw(support, n, answered);
  const telling = firstWhere(n, (count) => tailsAt(answered === 1 ? 0 : 1, count).atLeast <= TOLD_ALPHA);
  const step = firstWhere(steps, (at) => tailsAt(at, telling).atLeast >= TOLD_POWER);
  return step > steps ? Number.POSITIVE_INFINITY : step / steps;
}
