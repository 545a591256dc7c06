import type { TextShape } from '@dither/mechanisms';
import type { CoverageTest } from '../coverage.js';
import { policy } from '../policy.js';
import { BARE_ID } from '../predict/bare.js';
import type { Candidate } from '../predict/candidates.js';
import { predictedAccuracy } from './accuracy.js';
import type { Measured } from './measure.js';
import { type Person, personOf } from './person.js';
import type { Tried, WishPlan } from './plan-wish.js';
import { type Problem, UNEXPLAINED, type Unknown } from './problem.js';
import type { Solution } from './solve.js';
import { accuracyText, promiseText, purposeText } from './words.js';

/** What was found, with all that it rests on. */
export interface ReportedAnswer {
  /** What it is enough for, as the end of a sentence. */
  readonly purpose: string;
  readonly mechanism: string;
  /** Of texts the filter. */
  readonly options: Partial<TextShape>;
  readonly epsilon: number;
  readonly clients: number;
  /** Shares as such, all else in the metric's unit; of "see" the smallest share that is seen. */
  readonly accuracy: number;
  readonly reportBytes: number;
  /** Whether epsilon is so large that a registry wants a reason. */
  readonly needsReason: boolean;
  readonly person: Person;
  /** The unknown by prediction alone. */
  readonly predicted: number;
  /** Simulated on fresh coins; null where it was stopped before. */
  readonly verification: (CoverageTest & { readonly law: Solution['law'] }) | null;
  /** The quantity that was looked at, and what is true of it: of "see" at most the share, of whole installations. */
  readonly about: Solution['about'];
  /** How often it is kept if numbers lie in a few spikes; null where the population is not assumed. */
  readonly spiky: Measured | null;
}

export interface ReportedCandidate {
  readonly mechanism: string;
  readonly reportBytes: number;
  /** What it needs of the unknown; null where the wish is beyond it, or where it was not simulated. */
  readonly predicted: number | null;
  readonly found: number | null;
  /** As of an answer. */
  readonly spiky: Measured | null;
  readonly reason: string;
}

/** Accuracy by prediction. */
interface Curve {
  readonly mechanism: string;
  readonly points: readonly { readonly x: number; readonly accuracy: number }[];
}

/** What `dither-sim plan --wish --json` prints. */
export interface WishReport {
  readonly command: 'plan';
  readonly seed: string;
  readonly arguments: readonly string[];
  readonly isPartial: boolean;
  /** Verified by few repetitions, which refuse little. */
  readonly isQuick: boolean;
  readonly wish: string;
  readonly promise: string;
  readonly metric: {
    /** Null: not declared. */
    readonly id: string | null;
    readonly kind: string;
    readonly period: number;
    readonly unit: string | null;
  };
  readonly population: string;
  /** Nobody said what numbers look like. */
  readonly isAssumed: boolean;
  readonly unknown: Unknown;
  readonly known: { readonly epsilon: number | null; readonly clients: number | null };
  /** The accuracy that was wished for, and as people write it; null where it is what was asked for. */
  readonly wanted: number | null;
  readonly wantedText: string | null;
  /** Null where the wish is impossible. */
  readonly answer: ReportedAnswer | null;
  /** Whether the answer is what was wished for; null where no accuracy was, and where it was stopped before that was known. */
  readonly isMet: boolean | null;
  /** Where the wish is impossible, or needs more epsilon than is given without a reason: what is possible instead. */
  readonly nearest: readonly ReportedAnswer[];
  /** The largest epsilon that one report may have, and what says so. */
  readonly ceiling: { readonly epsilon: number; readonly reason: string };
  readonly candidates: readonly ReportedCandidate[];
  readonly curves: readonly Curve[];
}

export interface WishReportOptions {
  readonly arguments: readonly string[];
  readonly problem: Problem;
  readonly ceilingReason: string;
  readonly plan: WishPlan;
  readonly nearest: readonly { readonly problem: Problem; readonly solution: Solution }[];
  readonly seed: string;
  readonly isPartial: boolean;
  readonly isQuick: boolean;
}

export function wishReport(options: WishReportOptions): WishReport {
  const { problem, ceilingReason, plan, nearest, seed, isPartial, isQuick } = options;
  const { task, unknown, known, ceiling } = problem;
  const { metric, population } = task.subject;
  const { wanted } = task;
  const answer = plan.solution === undefined ? null : reportAnswer(problem, plan.solution);
  return {
    command: 'plan',
    seed,
    arguments: options.arguments,
    isPartial,
    isQuick,
    wish: task.wish.text,
    promise: promiseText(task),
    metric: {
      id: metric.id === BARE_ID ? null : metric.id,
      kind: metric.kind,
      period: metric.period,
      unit: metric.domain.unit ?? null,
    },
    population,
    isAssumed: task.subject.isAssumed === true,
    unknown,
    known: {
      epsilon: unknown === 'epsilon' ? null : known.epsilon,
      clients: unknown === 'clients' ? null : known.n,
    },
    wanted: wanted ?? null,
    wantedText: wanted === undefined ? null : accuracyText(task, wanted),
    answer,
    isMet: isMet(options, answer),
    nearest: nearest.map((one) => reportAnswer(one.problem, one.solution)),
    ceiling: { epsilon: ceiling, reason: ceilingReason },
    candidates: plan.tried.map(reportTried),
    curves: curvesOf(problem, plan),
  };
}

/** Nothing is known before it is verified. */
function isMet({ problem, isPartial }: WishReportOptions, answer: ReportedAnswer | null): boolean | null {
  const { wanted } = problem.task;
  if (wanted === undefined || (isPartial && (answer?.verification ?? null) === null)) return null;
  return answer !== null && answer.accuracy <= wanted;
}

function reportAnswer({ task }: Problem, solution: Solution): ReportedAnswer {
  const { candidate, world, predicted, law, verification, about, spiky } = solution;
  const { epsilon, n, accuracy } = world;
  return {
    purpose: purposeText(task, accuracy),
    mechanism: candidate.mechanism.id,
    options: candidate.options,
    epsilon,
    clients: n,
    accuracy,
    reportBytes: candidate.params(epsilon)?.reportBytes ?? 0,
    needsReason: epsilon > UNEXPLAINED,
    person: personOf(epsilon, task.subject.metric.period, task.subject.budget),
    predicted,
    verification: verification === undefined ? null : { ...verification, law },
    about,
    spiky: spiky ?? null,
  };
}

function reportTried({ candidate, reportBytes, predicted, found, spiky, reason }: Tried): ReportedCandidate {
  return {
    mechanism: candidate.label,
    reportBytes,
    predicted: predicted ?? null,
    found: found ?? null,
    spiky: spiky ?? null,
    reason,
  };
}

/** Accuracy against the unknown, or against epsilon where it is the accuracy. */
function curvesOf(problem: Problem, { solution, tried }: WishPlan): readonly Curve[] {
  const { task, unknown, ceiling } = problem;
  const middle = solution?.world ?? problem.known;
  const centre = unknown === 'clients' ? middle.n : middle.epsilon;
  const xs = policy.plan.curveFactors
    .map((factor) => (unknown === 'clients' ? Math.round(centre * factor) : Math.round(centre * factor * 1000) / 1000))
    .filter((x) => x > 0 && (unknown === 'clients' || x <= ceiling));
  const curveOf = (candidate: Candidate): Curve => ({
    mechanism: candidate.label,
    points: xs.flatMap((x) => {
      const [epsilon, n] = unknown === 'clients' ? [middle.epsilon, x] : [x, middle.n];
      const accuracy = predictedAccuracy(task, candidate, epsilon, n);
      return Number.isFinite(accuracy) ? [{ x, accuracy }] : [];
    }),
  });
  const shown = tried.filter(({ predicted }) => predicted !== undefined || solution === undefined);
  return shown.slice(0, policy.plan.curves).map(({ candidate }) => curveOf(candidate));
}
