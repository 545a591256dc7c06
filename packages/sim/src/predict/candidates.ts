import { type Mechanism, MechanismError, MICRO, type Params, type TextShape } from '@dither/mechanisms';
import type { Question } from '@dither/mechanisms/advise';
import { catalogue } from '@dither/mechanisms/catalogue';
import type { Metric } from '@dither/protocol';
import { mechanismsOf } from '@dither/protocol/node';
import { SimError } from '../errors.js';

/** A mechanism that answers a question about a metric, declared but for its epsilon. */
export interface Candidate {
  readonly mechanism: Mechanism;
  /** How it is called: its id, of texts with the filter. */
  readonly label: string;
  /** Of texts the filter. */
  readonly options: Partial<TextShape>;
  /** Undefined where the mechanism is not for this domain, or not for this epsilon. Epsilon is taken in millionths. */
  readonly params: (epsilon: number) => Params | undefined;
}

export interface CandidateOptions {
  /** Ids of those to look at; all that the metric's kind can be declared with unless told. */
  readonly mechanisms?: readonly string[];
  /** The most bytes that a report may have. */
  readonly maxBytes?: number;
}

/** Filters of texts that are looked at beside the declared one, with one hash each: more hashes divide epsilon. */
const FILTERS = [128, 512] as const;

/** What every candidate is made with to see whether it can be: any epsilon would do. */
const SOME_EPSILON = 1;

/**
 * The mechanisms with one stage that answer a question about a metric.
 * @throws SimError `mechanism-unknown`, if one is named that does not; `wish-unfit`, if none is left
 */
export function candidatesFor(
  metric: Metric,
  question: Question,
  options: CandidateOptions = {},
): readonly Candidate[] {
  const fit = mechanismsOf(metric.kind).flatMap((id) => declared(catalogue.get(id), metric, question));
  const { mechanisms, maxBytes = Number.POSITIVE_INFINITY } = options;
  const ids = [...new Set(fit.map(({ mechanism }) => mechanism.id))];
  const stranger = mechanisms?.find((id) => !ids.includes(id));
  if (stranger !== undefined || ids.length === 0) {
    const known = ids.length === 0 ? 'none' : ids.join(', ');
    throw new SimError('mechanism-unknown', `of this kind of metric, and of this question, there is: ${known}`);
  }
  const left = fit.filter(({ mechanism, params }) => {
    const bytes = params(SOME_EPSILON)?.reportBytes ?? Number.POSITIVE_INFINITY;
    return bytes <= maxBytes && mechanisms?.includes(mechanism.id) !== false;
  });
  if (left.length === 0) throw new SimError('wish-unfit', `no report of any mechanism has ${maxBytes} bytes or fewer`);
  return left;
}

function declared(mechanism: Mechanism | undefined, metric: Metric, question: Question): readonly Candidate[] {
  if (mechanism === undefined || 'latch' in mechanism.client) return [];
  if (mechanism.answers === 'texts') {
    return question === 'texts' ? filtersOf(metric).map((shape) => candidate(mechanism, shape)) : [];
  }
  if (question === 'texts') return [];
  const one = candidate(mechanism, {}, { domainSize: metric.domainSize });
  return doesAnswer(mechanism, one, question) ? [one] : [];
}

function doesAnswer(mechanism: Mechanism, { params }: Candidate, question: Question): boolean {
  const made = params(SOME_EPSILON);
  if (made === undefined || mechanism.answers === 'texts') return false;
  if (mechanism.answers === 'distribution') return question === 'quantiles';
  const { aggregator } = mechanism;
  if (aggregator.isDistribution) return question === 'shares';
  const name = { shares: 'frequency', mean: 'mean', quantiles: undefined, texts: undefined }[question];
  return aggregator.quantities(made as never).some((quantity) => quantity.name === name);
}

function filtersOf({ params }: Metric): readonly TextShape[] {
  const { bits, hashes, cohorts } = params as Params & TextShape;
  const others = FILTERS.filter((size) => size !== bits || hashes !== 1).map((size) => ({
    bits: size,
    hashes: 1,
    cohorts,
  }));
  return [{ bits, hashes, cohorts }, ...others];
}

function candidate(mechanism: Mechanism, filter: Partial<TextShape>, shape: object = filter): Candidate {
  const make = mechanism.client.params as unknown as (options: object) => Params;
  const made = new Map<number, Params | undefined>();
  const { bits, hashes } = filter;
  const named = bits === undefined ? '' : ` (${bits} bits, ${hashes} hash${hashes === 1 ? '' : 'es'})`;
  return {
    mechanism,
    label: `${mechanism.id}${named}`,
    options: filter,
    params(epsilon) {
      const micro = Math.round(epsilon * MICRO);
      if (!made.has(micro))
        made.set(
          micro,
          unlessRefused(() => make({ ...shape, epsilon: micro / MICRO })),
        );
      return made.get(micro);
    },
  };
}

function unlessRefused(make: () => Params): Params | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof MechanismError) return undefined;
    throw error;
  }
}
