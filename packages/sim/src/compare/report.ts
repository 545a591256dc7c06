import type { Question } from '@dither/mechanisms/advise';
import { policy } from '@dither/protocol';
import { known } from '../known.js';
import { type Ceiling, ceilingOf, type Person, personOf } from '../plan/person.js';
import { BARE_ID } from '../predict/bare.js';
import type { Advised, Compared, Comparison } from './compare.js';
import { leastOf, likelyError, nearestOf } from './likely.js';
import type { Engine } from './measured.js';

export interface ReportedCell {
  /** With the filter, of texts. */
  readonly mechanism: string;
  readonly epsilon: number;
  readonly clients: number;
  /** Root mean squared error over all that is asked, in its unit: shares as such. */
  readonly predicted: number;
  /** Null where no law is known and too many reports would have to be made, or where nothing was estimated. */
  readonly measured: number | null;
  /** Of the measured one; null where it was measured too seldom to tell. */
  readonly standardError: number | null;
  /** How it was measured; `predicted` where it was not. */
  readonly engine: Engine | 'predicted';
  /** Of the measurement: fewer than asked for where it was stopped. */
  readonly repetitions: number;
  readonly reportBytes: number;
  readonly person: Person;
  /** Whether no other mechanism or epsilon at this number of installations has less of both, error and epsilon. */
  readonly isFront: boolean;
}

/** What `dither-sim compare --json` prints. */
export interface CompareReport {
  readonly command: 'compare';
  readonly seed: string;
  readonly arguments: readonly string[];
  readonly isPartial: boolean;
  readonly metric: {
    /** Null: not declared. */
    readonly id: string | null;
    readonly kind: string;
    readonly period: number;
    readonly unit: string | null;
    readonly values: number;
  };
  readonly population: string;
  /** What is compared: `shares`, `mean`, `quantiles`, `texts`. */
  readonly question: Question;
  /** Of each measurement. */
  readonly repetitions: number;
  /** The largest epsilon that one report may have, and what says so. */
  readonly ceiling: Ceiling;
  /**
   * Of the most installations the cell that errs least at the epsilon nearest to 1, which a metric has unless told: with a
   * measured error where that refutes the predicted one. Null where no epsilon fits the budget.
   */
  readonly recommended: ReportedCell | null;
  readonly cells: readonly ReportedCell[];
  /** What `advise` would choose: with `--quick` for the most installations alone. */
  readonly advice: readonly {
    readonly epsilon: number;
    readonly clients: number;
    readonly mechanism: string | null;
    readonly reason: string | null;
  }[];
}

export interface CompareReportOptions {
  readonly comparison: Comparison;
  readonly compared: readonly Compared[];
  readonly advised: readonly Advised[];
  readonly seed: string;
  readonly arguments: readonly string[];
  readonly isPartial: boolean;
}

export function compareReport(options: CompareReportOptions): CompareReport {
  const { comparison, compared, advised, seed, isPartial } = options;
  const { metric, population, shares, budget } = comparison.subject;
  const ceiling = ceilingOf(metric.period, budget);
  const cells = compared.map((cell) =>
    reportCell(cell, compared, (epsilon) => personOf(epsilon, metric.period, budget)),
  );
  return {
    command: 'compare',
    seed,
    arguments: options.arguments,
    isPartial,
    metric: {
      id: metric.id === BARE_ID ? null : metric.id,
      kind: metric.kind,
      period: metric.period,
      unit: metric.domain.unit ?? null,
      values: shares.length,
    },
    population,
    question: comparison.question,
    repetitions: comparison.repetitions,
    ceiling,
    recommended: recommendedOf(cells, ceiling.epsilon),
    cells,
    advice: advised.map(({ epsilon, n, advice }) => ({
      epsilon,
      clients: n,
      mechanism: advice?.mechanism ?? null,
      reason: advice?.reason ?? null,
    })),
  };
}

function recommendedOf(cells: readonly ReportedCell[], ceiling: number): ReportedCell | null {
  const affordable = cells.filter((cell) => cell.epsilon <= ceiling);
  const most = Math.max(...affordable.map(({ clients }) => clients));
  const epsilon = nearestOf(
    affordable.map((cell) => cell.epsilon),
    policy.defaultEpsilon,
  );
  return leastOf(affordable.filter((cell) => cell.clients === most && cell.epsilon === epsilon)) ?? null;
}

function reportCell(cell: Compared, all: readonly Compared[], person: (epsilon: number) => Person): ReportedCell {
  const { candidate, params, epsilon, n, predicted, measured, standardError, engine, repetitions } = cell;
  return {
    mechanism: candidate.label,
    epsilon,
    clients: n,
    predicted,
    measured: known(measured),
    standardError: known(standardError),
    engine: engine ?? 'predicted',
    repetitions,
    reportBytes: params.reportBytes,
    person: person(epsilon),
    isFront: !all.some((other) => other.n === n && isBetter(other, cell)),
  };
}

/** No worse in both, and better in one. */
function isBetter(one: Compared, other: Compared): boolean {
  const [error, epsilon] = [likelyError(one) - likelyError(other), one.epsilon - other.epsilon];
  return error <= 0 && epsilon <= 0 && (error < 0 || epsilon < 0);
}
