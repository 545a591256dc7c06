import { checkInteger } from '../check.js';
import { MechanismError, type MechanismErrorCode } from '../errors.js';
import { microEpsilon } from '../exact/epsilon.js';
import type { Mechanism, Params, TextShape } from '../mechanism.js';

/** What is asked of a metric, whatever its mechanism. */
export type Question = 'shares' | 'mean' | 'quantiles' | 'texts';

interface Declaration {
  /** Of one report. */
  readonly epsilon: number;
  /** Reports; of a latched metric installations, with one report each. */
  readonly n: number;
  /** The most bytes a report may have; as many as it takes unless told. */
  readonly maxBytes?: number;
  /** Of a latched metric: then those with two stages are ranked, and otherwise those with one. */
  readonly latch?: {
    /** Of however many reports of one epoch. */
    readonly epsilonInfinity: number;
    /** Reports of one epoch. */
    readonly reports: number;
  };
  /** Ids of the mechanisms to rank; all of the catalogue unless told. */
  readonly among?: readonly string[];
}

export interface IndexSituation extends Declaration {
  /** `shares` of each value, the `mean` of the values, or `quantiles` of cells in their order. */
  readonly question: 'shares' | 'mean' | 'quantiles';
  /** Values, 2 to 2^20; for quantiles the cells and "no event". */
  readonly domainSize: number;
}

export interface TextSituation extends Declaration {
  readonly question: 'texts';
  readonly cohorts: number;
  /** A filter to rank along with those that are tried anyway. */
  readonly filter?: Filter;
}

/** What a declaration of texts leaves open. */
export type Filter = Pick<TextShape, 'bits' | 'hashes'>;

export type Situation = IndexSituation | TextSituation;

/** A mechanism that answers, and how well. */
export interface Candidate {
  readonly mechanism: string;
  /** What else to declare: of texts the filter, of a latched metric an epsilonInfinity other than the one given. */
  readonly options: Partial<Filter> & { readonly epsilonInfinity?: number };
  readonly reportBytes: number;
  /** Numbers that a server keeps. */
  readonly counters: number;
  /**
   * Shares: root mean square over the values, all of them as frequent. Mean: at a population spread evenly over the values,
   * in units of the values. Quantiles: root mean square over the median and the 75th percentile of three bell curves, in
   * cells. Texts: of a text that hardly anybody has.
   */
  readonly standardError: number;
  /**
   * The smallest share, or mean, that is told from zero 19 times in 20, if everybody else is at zero; of a text, were it the
   * only candidate. Not given for quantiles.
   */
  readonly detectionLimit?: number;
  /** What it estimates beside what is asked. */
  readonly also: readonly string[];
}

/** One place in the ranking. */
export interface Advice extends Candidate {
  /** Whether its report has no more bytes than allowed. */
  readonly isAffordable: boolean;
  /** Why it stands where it stands, in a sentence without a full stop. */
  readonly reason: string;
}

/** With what it says for itself if it is not among the best. Dear to find out, so asked only then. */
export interface Explained extends Candidate {
  readonly cause: () => string | undefined;
}

const MAX_DOMAIN = 2 ** 20;
const MAX_REPORTS = 366;

const QUESTIONS: readonly Question[] = ['shares', 'mean', 'quantiles', 'texts'];

/** What would make every mechanism refuse. @throws MechanismError */
export function checkSituation(situation: Situation): void {
  const { question, epsilon, n, maxBytes, latch } = situation;
  if (!QUESTIONS.includes(question))
    throw new MechanismError('option-invalid', `question is one of ${QUESTIONS.join(', ')}`);
  const micro = microEpsilon(epsilon);
  if (!(n > 0 && n < Number.POSITIVE_INFINITY)) throw new MechanismError('option-invalid', 'n is a number above 0');
  if (maxBytes !== undefined && !(maxBytes >= 1)) throw new MechanismError('option-invalid', 'maxBytes is 1 or more');
  if (question !== 'texts') {
    checkInteger('domain-size-out-of-range', 'domainSize', situation.domainSize, 2, MAX_DOMAIN);
  }
  if (latch === undefined) return;
  checkInteger('option-invalid', 'reports', latch.reports, 2, MAX_REPORTS);
  if (microEpsilon(latch.epsilonInfinity) < micro) {
    throw new MechanismError('epsilon-out-of-range', 'epsilonInfinity is epsilon or more');
  }
}

/** A mechanism of the kind of stages asked for, declared. */
export interface DeclaredParams<P extends Params> {
  readonly params: P;
  readonly options: Candidate['options'];
}

/**
 * A mechanism's params under a situation; undefined if it has the other number of stages, or is not for this domain.
 *
 * One that repeats what it stores spends all of an epoch's epsilon in its first report: it is declared with the epsilon of one.
 */
export function declare<P extends Params>(
  { client }: Mechanism,
  { epsilon, latch }: Situation,
  shape: object,
): DeclaredParams<P> | undefined {
  if ('latch' in client !== (latch !== undefined)) return undefined;
  const make = client.params as unknown as (options: object) => P;
  if (latch === undefined) return unlessRefused(() => ({ params: make({ ...shape, epsilon }), options: {} }));
  const stages = { ...shape, epsilonFirst: epsilon, reports: latch.reports };
  const two = (epsilonInfinity: number) => () => ({
    params: make({ ...stages, epsilonInfinity }),
    options: epsilonInfinity === latch.epsilonInfinity ? {} : { epsilonInfinity },
  });
  return unlessRefused(two(latch.epsilonInfinity)) ?? unlessRefused(two(epsilon));
}

/** Other options are right or wrong whatever the mechanism. */
const NOT_FOR_THIS: readonly string[] = [
  'domain-size-out-of-range',
  'clamp-out-of-range',
  'epsilon-out-of-range',
] satisfies MechanismErrorCode[];

function unlessRefused<T>(declared: () => T): T | undefined {
  try {
    return declared();
  } catch (error) {
    if (error instanceof MechanismError && NOT_FOR_THIS.includes(error.code)) return undefined;
    throw error;
  }
}
