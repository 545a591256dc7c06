import { checkConfidence } from '../check.js';
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
  /** The most answers that one installation may have among the n; 1 unless told. */
  readonly repeats?: number;
  /** What these have in common: of a mechanism whose answers have nothing, they are as good as those of others. */
  readonly shared?: Shared;
}

/** Covariance of two answers of one installation: where it holds the value, and where not. */
export interface Shared {
  readonly own: number;
  readonly other: number;
}

/** Smallest expected number of supporting, and of not supporting, answers for the score interval. */
const ENOUGH = 10;

/** Continuity correction, in answers; the value that makes coverage at least .94 everywhere (docs/adr/0005). */
const CONTINUITY = 0.25;

/** What the law of the count depends on, beside the truth. */
interface Law extends Support {
  readonly answered: number;
  readonly repeats: number;
  readonly shared: Shared;
}

const NOTHING: Shared = { own: 0, other: 0 };

/**
 * Variance of the count, for each answer, as a function of an answer's mean `pi`: a0 + a1 pi + a2 pi^2.
 *
 * Of an installation's d answers, whose sum has variance d v + d (d-1) times their covariance, each bears v + (d-1) times
 * it; with fewer answers, less. Whether the installation is one of those asked is the same for all of them.
 */
function supportVariance({ p, q, answered, repeats, shared }: Law): readonly [number, number, number] {
  const sampled = repeats * (1 - answered);
  const slope = (shared.own - shared.other) / (p - q);
  return [
    p * q - sampled * p * q + (repeats - 1) * (shared.other - q * slope),
    1 - (p + q) + sampled * (p + q) + (repeats - 1) * slope,
    -sampled,
  ];
}

/** An estimate from so many supporting answers among n. */
export function estimateSupport(support: Support, count: number, n: number, options?: SupportOptions): Estimate {
  return supportEstimator(support, n, options)(count);
}

/**
 * Estimated share, its standard error, interval and detection limit, as a function of the supporting answers: for many values
 * that share the rest.
 *
 * A score interval is not cut to the range of the truth: one wholly below zero says "bad luck, or forged reports", where
 * [0, 0] would look like certainty. An exact interval is made of shares, and need not hold an estimate that is not one.
 */
export function supportEstimator(
  support: Support,
  n: number,
  { confidence = 0.95, answered = 1, scale = 1, repeats = 1, shared = NOTHING }: SupportOptions = {},
): (count: number) => Estimate {
  checkConfidence(confidence, repeats);
  if (n === 0) return () => fromNothing(scale);
  const law = { ...support, answered, repeats, shared };
  const { p, q } = support;
  const score = scoreInterval(law, n, confidence);
  const interval = isPlenty(law, n) ? score : exactInterval(law, n, confidence, score);
  const limit = scale * detectionLimit(law, n);
  // In a large domain most counts occur many times, and an exact interval is dear.
  const known = new Map<number, Estimate>();
  return (count) => {
    const found = known.get(count);
    if (found !== undefined) return found;
    const value = (count / n - q) / (p - q);
    const [low, high] = interval(count);
    const estimate = {
      value: scale * value,
      standardError: scale * standardErrorAt(law, clampShare(value), n),
      low: scale * low,
      high: scale * high,
      n,
      detectionLimit: limit,
    };
    known.set(count, estimate);
    return estimate;
  };
}

function fromNothing(scale: number): Estimate {
  return {
    value: Number.NaN,
    standardError: Number.POSITIVE_INFINITY,
    low: 0,
    high: scale,
    n: 0,
    detectionLimit: Number.POSITIVE_INFINITY,
  };
}

/** Ends of an interval, as a function of the supporting answers. */
type Interval = (count: number) => readonly [number, number];

/** Whether support and its lack are both frequent enough, whatever the truth, for the score interval. */
function isPlenty({ p, q, repeats }: Law, n: number): boolean {
  return (n / repeats) * Math.min(q, 1 - p) >= ENOUGH;
}

function clampShare(share: number): number {
  return Math.min(1, Math.max(0, share));
}

function standardErrorAt(law: Law, share: number, n: number): number {
  const [a0, a1, a2] = supportVariance(law);
  const pi = law.q + share * (law.p - law.q);
  return Math.sqrt(Math.max(0, a0 + a1 * pi + a2 * pi * pi) / n) / (law.p - law.q);
}

/**
 * The shares that a two-sided score test does not refuse: |count - n pi| <= z sqrt(n v(pi)), a quadratic in pi
 * (Wilson 1927, for the variance of a randomized answer), with a continuity correction of a quarter answer; of
 * installations that answer several times, a quarter of these, as their answers may all be alike.
 */
function scoreInterval(law: Law, n: number, confidence: number): Interval {
  const z = normalQuantile(0.5 + confidence / 2);
  const k = (z * z) / n;
  const [a0, a1, a2] = supportVariance(law);
  const correction = CONTINUITY * law.repeats;
  // Solved for the distance from x: in pi itself the discriminant would cancel when n is large and epsilon high.
  const root = (x: number, sign: number): number => {
    const a = 1 - k * a2;
    const b = k * (a1 + 2 * a2 * x);
    const c = k * (a0 + a1 * x + a2 * x * x);
    const distance = (b + sign * Math.sqrt(Math.max(0, b * b + 4 * a * c))) / (2 * a);
    return (x + distance - law.q) / (law.p - law.q);
  };
  return (count) => [root((count - correction) / n, -1), root((count + correction) / n, 1)];
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
function exactLaw({ p, q, answered }: Law, n: number): ExactLaw {
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

/**
 * Answers that are as good as independent. An installation's d answers are at most as spread as one that counts d times, so
 * where their exact law is not at hand they are taken to be that, and the count between whole numbers to be the
 * worse of them.
 */
function independent(repeats: number, n: number): number {
  return Math.max(1, Math.floor(n / repeats));
}

/** The shares that neither one-sided exact test refuses, for small counts. */
function exactInterval(law: Law, n: number, confidence: number, score: Interval): Interval {
  const alpha = (1 - confidence) / 2;
  const answers = independent(law.repeats, n);
  const { steps, tailsAt } = exactLaw(law, answers);
  // A grid that is not the truth's own is widened by a step.
  const slack = answers === n && law.answered === 1 ? 0 : 1;
  return (count) => {
    const counted = (count * answers) / n;
    // Both tails are monotone in the share.
    const low = firstWhere(steps, (step) => tailsAt(step, Math.floor(counted)).atLeast > alpha);
    const high = firstWhere(steps, (step) => tailsAt(step, Math.ceil(counted)).atMost <= alpha) - 1;
    // No share brings so few, or so many: the score interval says by how much.
    if (low > high) return score(count);
    return [Math.max(0, low - slack) / steps, Math.min(steps, high + slack) / steps];
  };
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
function detectionLimit(law: Law, n: number): number {
  return isPlenty(law, n) ? normalLimit(law, n) : exactLimit(law, independent(law.repeats, n));
}

/** The f with f - 1.645 se(f) = 1.960 se(0). */
function normalLimit(law: Law, n: number): number {
  const base = 1.959964 * standardErrorAt(law, 0, n);
  let share = base;
  for (let i = 0; i < 50; i++) share = base + 1.644854 * standardErrorAt(law, share, n);
  return share;
}

/** The same from the exact law: first the smallest count whose interval excludes zero, then the share that brings it. */
function exactLimit(law: Law, n: number): number {
  const { steps, tailsAt } = exactLaw(law, n);
  const telling = firstWhere(n, (count) => tailsAt(law.answered === 1 ? 0 : 1, count).atLeast <= TOLD_ALPHA);
  const step = firstWhere(steps, (at) => tailsAt(at, telling).atLeast >= TOLD_POWER);
  return step > steps ? Number.POSITIVE_INFINITY : step / steps;
}
