import { MICRO } from '@dither/mechanisms';
import { known } from '../known.js';
import { policy } from '../policy.js';
import { type Composition, composed } from './composition.js';
import { changedHalfway, lossBetween, memoOutcomes, neverChanged, worstMemoPair } from './loss.js';
import { type Stages, stagesOf } from './stages.js';
import { paramsOf, type TwoStageMetric } from './two-stage.js';

/** What so many reports reveal, by each rule; epsilons. Null is without bound. */
export interface RevealedBy {
  readonly reports: number;
  /** What the rule declares: the sum over reports; over epochs; and, as published, for the two values that are held. */
  readonly declaredFresh: number;
  readonly declaredLatched: number;
  readonly publishedMemo: number;
  /** The exact worst case between two values that never change, by epochs. */
  readonly latched: number;
  /** Between a value that never changes and one that does half-way, under the memo rule. */
  readonly memo: number | null;
  /** Whether all sequences of reports were looked at; otherwise it is at least this. */
  readonly isExact: boolean;
  /** What always holds: reports made from different answers, times what one report tells of what is stored. */
  readonly memoAtMost: number | null;
}

/** The worst of all pairs of histories of so many reports over two values. */
export interface WorstByLength {
  readonly reports: number;
  readonly halfway: number | null;
  readonly worst: number | null;
  /** That pair, a digit for each report. */
  readonly histories: readonly [string, string];
  /** Of all pairs of histories under the latched rule, and what it declares: they are one number where the worst occurs. */
  readonly latched: number;
  readonly declaredLatched: number;
}

/** What the first reports of one stored answer come to. */
export interface Climb {
  readonly reports: number;
  /** By enumeration, and as the ledger charges it. */
  readonly exact: number;
  readonly charged: number;
}

export interface Composed extends Composition {
  readonly label: string;
  readonly count: number;
  readonly epsilon: number;
}

export interface Revealed {
  readonly points: readonly RevealedBy[];
  readonly pairs: readonly WorstByLength[];
  readonly climb: readonly Climb[];
  readonly composition: readonly Composed[];
}

/** @param periods - reports of the whole time, 2 or more */
export function revealedBy(metric: TwoStageMetric, periods: number, isQuick: boolean): Revealed {
  const { stages, reports, epsilonFirst } = metric;
  return {
    points: lengths(periods).map((count) => revealedAfter(metric, count)),
    pairs: pairsOf(metric, isQuick),
    climb: climbLengths(reports).map((count) => ({
      reports: count,
      exact: lossBetween({ stages, rule: 'latched', reports }, ...neverChanged(count), policy.longitudinal.maxOutcomes)
        .epsilon,
      charged: (metric.params.microEpoch[count - 1] as number) / MICRO,
    })),
    composition: [
      composedOf('fresh reports', periods, epsilonFirst),
      composedOf('latched epochs', Math.ceil(periods / reports), declaredLatched(metric, Math.min(reports, periods))),
    ],
  };
}

export function composedOf(label: string, count: number, epsilon: number): Composed {
  return { label, count, epsilon, ...composed(count, epsilon, policy.longitudinal.delta) };
}

/** The sum over epochs, the last of which may be cut short. */
export function declaredLatched({ params: { microEpoch } }: Pick<TwoStageMetric, 'params'>, periods: number): number {
  const whole = Math.floor(periods / microEpoch.length);
  const part = periods % microEpoch.length;
  return (whole * (microEpoch.at(-1) as number) + (part === 0 ? 0 : (microEpoch[part - 1] as number))) / MICRO;
}

function revealedAfter(metric: TwoStageMetric, count: number): RevealedBy {
  const { stages, reports, epsilonFirst, epsilonInfinity } = metric;
  const { maxOutcomes } = policy.longitudinal;
  const memo = lossBetween({ stages, rule: 'memo', reports }, ...changedHalfway(count), maxOutcomes);
  return {
    reports: count,
    declaredFresh: count * epsilonFirst,
    declaredLatched: declaredLatched(metric, count),
    publishedMemo: Math.min(2, count) * epsilonInfinity,
    latched: lossBetween({ stages, rule: 'latched', reports }, ...neverChanged(count), maxOutcomes).epsilon,
    memo: known(memo.epsilon),
    isExact: memo.isExact,
    memoAtMost: known(differing(count) * ofStored(stages)),
  };
}

/** Reports that a value which changes half-way makes from another answer than one which does not. */
function differing(count: number): number {
  return count - Math.floor(count / 2);
}

/** The most that one report tells of what is stored. */
function ofStored(stages: Stages): number {
  if (stages.shape === 'cells') {
    const other = (1 - stages.instantaneous) / stages.cells;
    return Math.log((stages.instantaneous + other) / other);
  }
  const [set, unset] = stages.instantaneous;
  return stages.bits * Math.max(Math.log(set / unset), Math.log((1 - unset) / (1 - set)));
}

/** All pairs of histories of a small instance: two values, the same epsilons. */
function pairsOf(metric: TwoStageMetric, isQuick: boolean): readonly WorstByLength[] {
  const small = smallest(metric);
  const { stages } = small;
  const limit = policy.longitudinal.maxPairOutcomes[isQuick ? 'quick' : 'full'];
  const possible = [2, 4, 6, 8, 10, 12, 14].filter((count) => memoOutcomes(count, 2, 2) <= limit);
  return possible.map((count) => {
    const worst = worstMemoPair(stages, count, 2);
    const latched = { stages, rule: 'latched', reports: metric.reports } as const;
    return {
      reports: count,
      halfway: known(
        lossBetween({ ...latched, rule: 'memo' }, ...changedHalfway(count), Number.POSITIVE_INFINITY).epsilon,
      ),
      worst: known(worst.epsilon),
      histories: [worst.a.join(''), worst.b.join('')],
      // Epochs are apart, and each tells most where its two values differ: then so do all.
      latched: lossBetween(latched, ...neverChanged(count), Number.POSITIVE_INFINITY).epsilon,
      declaredLatched: declaredLatched(small, count),
    };
  });
}

function smallest({ client, params, stages, epsilonFirst, epsilonInfinity, reports }: TwoStageMetric): {
  readonly params: TwoStageMetric['params'];
  readonly stages: Stages;
} {
  // Of texts the bits of two are looked at, and all others.
  if (client === undefined) return { params, stages };
  const small = paramsOf(client, { epsilonFirst, epsilonInfinity, reports, domainSize: 2 });
  return { params: small, stages: stagesOf(small) as Stages };
}

/** About two dozen lengths up to the longest: all of the first, then even ones. */
function lengths(periods: number): readonly number[] {
  const step = Math.max(1, Math.ceil(periods / 24));
  const even = Array.from({ length: Math.floor(periods / step) }, (_, i) => (i + 1) * step);
  return [...new Set([1, 2, ...even, periods])].filter((count) => count <= periods).sort((a, b) => a - b);
}

function climbLengths(reports: number): readonly number[] {
  return [...new Set([1, 2, 3, 4, 5, 7, 10, 14, 21, 28, 52, 91, 182, reports])]
    .filter((count) => count <= reports)
    .sort((a, b) => a - b);
}
