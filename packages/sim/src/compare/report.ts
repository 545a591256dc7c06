import type { Question } from '@dither/mechanisms/advise';
import { type Person, personOf } from '../plan/person.js';
import { BARE_ID } from '../predict/bare.js';
import type { Advised, Compared, Comparison } from './compare.js';
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
  /** How it was measured; `predicted` where it was not. */
  readonly engine: Engine | 'predicted';
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
  readonly repetitions: number;
  readonly cells: readonly ReportedCell[];
  /** What `advise` would choose. */
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
  const { metric, population, shares } = comparison.subject;
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
    cells: compared.map((cell) => reportCell(cell, compared, metric.period)),
    advice: advised.map(({ epsilon, n, advice }) => ({
      epsilon,
      clients: n,
      mechanism: advice?.mechanism ?? null,
      reason: advice?.reason ?? null,
    })),
  };
}

function reportCell(cell: Compared, all: readonly Compared[], period: number): ReportedCell {
  const { candidate, params, epsilon, n, predicted, measured, engine } = cell;
  return {
    mechanism: candidate.label,
    epsilon,
    clients: n,
    predicted,
    measured: measured !== undefined && Number.isFinite(measured) ? measured : null,
    engine: engine ?? 'predicted',
    reportBytes: params.reportBytes,
    person: personOf(epsilon, period),
    isFront: !all.some((other) => other.n === n && isBetter(other, cell)),
  };
}

/** No worse in both, and better in one. Errors are taken as predicted: measured ones differ by chance. */
function isBetter(one: Compared, other: Compared): boolean {
  const [error, epsilon] = [one.predicted - other.predicted, one.epsilon - other.epsilon];
  return error <= 0 && epsilon <= 0 && (error < 0 || epsilon < 0);
}
