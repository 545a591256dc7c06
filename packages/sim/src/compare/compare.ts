import { setImmediate } from 'node:timers/promises';
import type { Params } from '@dither/mechanisms';
import { type Advice, advise, type Question } from '@dither/mechanisms/advise';
import { situationOf } from '@dither/protocol/node';
import { policy } from '../policy.js';
import type { Asked } from '../predict/asked.js';
import type { Candidate } from '../predict/candidates.js';
import { predictedError } from '../predict/error.js';
import type { Subject } from '../predict/subject.js';
import type { Sources } from '../seeded.js';
import { type Engine, measuringAt } from './measured.js';

/** One mechanism at one epsilon and number of installations. */
export interface Compared {
  readonly candidate: Candidate;
  readonly params: Params;
  readonly epsilon: number;
  readonly n: number;
  /** Root mean square over what is asked, in its unit. */
  readonly predicted: number;
  /** The same over all repetitions; undefined where it was not measured, NaN where there was no estimate. */
  readonly measured: number | undefined;
  /** Of the measured one, from its repetitions; undefined where these are too few to tell. */
  readonly standardError: number | undefined;
  readonly engine: Engine | undefined;
  /** Of the measurement. */
  readonly repetitions: number;
}

/** What `advise` would choose, which looks at epsilon and n and not at the population. */
export interface Advised {
  readonly epsilon: number;
  readonly n: number;
  readonly advice: Advice | undefined;
}

export interface Comparison {
  readonly subject: Subject;
  readonly question: Question;
  readonly asked: readonly Asked[];
  readonly candidates: readonly Candidate[];
  readonly epsilons: readonly number[];
  readonly clients: readonly number[];
  /** Numbers of installations for which `advise` is asked: of percentiles it takes a good part of a second each. */
  readonly advisedClients: readonly number[];
  readonly repetitions: number;
}

export interface CompareRun {
  readonly sources: Sources;
  readonly stop: AbortSignal;
  readonly onRepetition: () => void;
}

/** Cells in the order of installations, epsilons and mechanisms. Stopped, those that are left are predicted alone. */
export async function compareAll(comparison: Comparison, run: CompareRun): Promise<readonly Compared[]> {
  const { candidates, epsilons, clients } = comparison;
  const cells: Compared[] = [];
  for (const n of clients) {
    for (const epsilon of epsilons) {
      for (const candidate of candidates) {
        const params = candidate.params(epsilon);
        if (params !== undefined) cells.push(await compared(comparison, candidate, params, { epsilon, n }, run));
      }
    }
  }
  return cells;
}

async function compared(
  { subject, asked, repetitions }: Comparison,
  candidate: Candidate,
  params: Params,
  { epsilon, n }: { readonly epsilon: number; readonly n: number },
  { sources, stop, onRepetition }: CompareRun,
): Promise<Compared> {
  const situation = { metric: subject.metric, shares: subject.shares, n };
  const predicted = rootMeanSquare(
    asked.map((one) => predictedError(candidate.mechanism, params, one, situation) ** 2),
  );
  const measuring = stop.aborted ? undefined : measuringAt(candidate, params, asked, { subject, n, repetitions });
  const squares: number[] = [];
  for (let repetition = 0; measuring !== undefined && repetition < repetitions && !stop.aborted; repetition++) {
    squares.push(mean(measuring.squares(sources(`compare/${candidate.label}/${epsilon}/${n}/${repetition}`))));
    onRepetition();
    await setImmediate();
  }
  const isMeasured = measuring !== undefined && squares.length > 0;
  return {
    candidate,
    params,
    epsilon,
    n,
    predicted,
    measured: isMeasured ? rootMeanSquare(squares) : undefined,
    standardError: standardErrorOf(squares),
    engine: isMeasured ? measuring.engine : undefined,
    repetitions: squares.length,
  };
}

/** What `advise` would choose at every epsilon. */
export function advisedAll({ subject, epsilons, advisedClients }: Comparison): readonly Advised[] {
  return advisedClients.flatMap((n) =>
    epsilons.map((epsilon) => ({ epsilon, n, advice: advise({ ...situationOf(subject.metric, n), epsilon })[0] })),
  );
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
}

/** Of the root of their mean, which grows half as fast: too rough to go by below some repetitions. */
function standardErrorOf(squares: readonly number[]): number | undefined {
  if (squares.length < policy.compare.fewestRepetitions.quick) return undefined;
  const middle = mean(squares);
  const variance = mean(squares.map((square) => (square - middle) ** 2)) / (squares.length - 1);
  return Math.sqrt(variance) / (2 * Math.sqrt(middle));
}

function rootMeanSquare(squares: readonly number[]): number {
  return Math.sqrt(mean(squares));
}
