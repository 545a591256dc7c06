import type { TextShape } from '@dither/mechanisms';
import type { CoverageTest } from '../coverage.js';
import { policy } from '../policy.js';
import { BARE_ID } from '../predict/bare.js';
import type { Candidate } from '../predict/candidates.js';
import { predictedAccuracy } from './accuracy.js';
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
}

export interface ReportedCandidate {
  readonly mechanism: string;
  readonly reportBytes: number;
  /** What it needs of the unknown; null where the wish is beyond it, or where it was not simulated. */
  readonly predicted: number | null;
  readonly found: number | null;
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
  readonly unknown: Unknown;
  readonly known: { readonly epsilon: number | null; readonly clients: number | null };
  /** The accuracy that was wished for, and as people write it; null where it is what was asked for. */
  readonly wanted: number | null;
  readonly wantedText: string | null;
  /** Null where the wish is impossible. */
  readonly answer: ReportedAnswer | null;
  /** Whether the answer is what was wished for; null where no accuracy was. */
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
}

export function wishReport(options: WishReportOptions): WishReport {
  const { problem, ceilingReason, plan, nearest, seed, isPartial } = options;
  const { task, unknown, known, ceiling } = problem;
  const { metric, population } = task.subject;
  const { wanted } = task;
  const answer = plan.solution === undefined ? null : reportAnswer(problem, plan.solution);
  return {
    command: 'plan',
    seed,
    arguments: options.arguments,
    isPartial,
    wish: task.wish.text,
    promise: promiseText(task),
    metric: {
      id: metric.id === BARE_ID ? null : metric.id,
      kind: metric.kind,
      period: metric.period,
      unit: metric.domain.unit ?? null,
    },
    population,
    unknown,
    known: {
      epsilon: unknown === 'epsilon' ? null : known.epsilon,
      clients: unknown === 'clients' ? null : known.n,
    },
    wanted: wanted ?? null,
    wantedText: wanted === undefined ? null : accuracyText(task, wanted),
    answer,
    isMet: wanted === undefined ? null : answer !== null && answer.accuracy <= wanted,
    nearest: nearest.map((one) => reportAnswer(one.problem, one.solution)),
    ceiling: { epsilon: ceiling, reason: ceilingReason },
    candidates: plan.tried.map(reportTried),
    curves: curvesOf(problem, plan),
  };
}

function reportAnswer({ task }: Problem, { candidate, world, predicted, law, verification }: Solution): ReportedAnswer {
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
    person: personOf(epsilon, task.subject.metric.period),
    predicted,
    verification: verification === undefined ? null : { ...verification, law },
  };
}

function reportTried({ candidate, reportBytes, predicted, found, reason }: Tried): ReportedCandidate {
  return { mechanism: candidate.label, reportBytes, predicted: predicted ?? null, found: found ?? null, reason };
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
