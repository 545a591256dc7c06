import { type IndexClient, MAX_EPSILON, type Mechanism, MechanismError, type Params } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import type { Metric, Registry } from '@dither/protocol';
import { someNumber } from './commands/numbers.js';
import { SimError } from './errors.js';
import { policy } from './policy.js';

/** A mechanism with its params: that of a declared metric, or one that the command line names. */
export interface Subject {
  /** The metric's id, or the mechanism's. */
  readonly label: string;
  readonly mechanism: Mechanism;
  readonly params: Params;
  readonly metric?: Metric;
}

/** Arguments that name a mechanism without a registry. */
export const mechanismArguments = {
  mechanism: { value: 'ID', summary: 'a mechanism by itself, such as oue, with --epsilon and --values' },
  epsilon: { value: 'E', summary: 'of one report; 1 unless told', needs: 'mechanism' },
  values: {
    value: 'K',
    summary: `number of values that it tells apart; ${policy.values} unless told`,
    needs: 'mechanism',
  },
} as const;

/** @throws SimError `mechanism-unknown` */
function metricSubject(metric: Metric): Subject {
  return { label: metric.id, mechanism: known(metric.params.mechanism), params: metric.params, metric };
}

/**
 * The metrics that report, or the one of that id.
 * @throws SimError `metric-unknown`, `mechanism-unknown`
 */
export function metricSubjects(registry: Registry, id: string | undefined): readonly Subject[] {
  const metrics = registry.wire.filter((metric) => id === undefined || metric.id === id);
  if (metrics.length === 0) {
    throw new SimError('metric-unknown', `--metric is one of ${registry.wire.map((metric) => metric.id).join(', ')}`);
  }
  return metrics.map(metricSubject);
}

/**
 * A mechanism by its id.
 * @throws SimError `mechanism-unknown`, `argument-invalid`
 */
export function mechanismSubject({
  mechanism: id,
  epsilon,
  values,
}: Readonly<Partial<Record<keyof typeof mechanismArguments, string | true>>>): Subject {
  const mechanism = known(String(id));
  const { client } = mechanism;
  if ('latch' in client || mechanism.answers === 'texts') {
    throw new SimError(
      'argument-invalid',
      `${mechanism.id} takes more than an epsilon: declare it, and use --registry`,
    );
  }
  const isWhole = (x: number) => Number.isSafeInteger(x) && x >= 2 && x <= policy.maxValues;
  const domainSize =
    someNumber('values', values, `a whole number from 2 to ${policy.maxValues}`, isWhole) ?? defaultValues(id);
  const isEpsilon = (x: number) => x > 0 && x <= MAX_EPSILON;
  const declared = someNumber('epsilon', epsilon, `a number above 0, at most ${MAX_EPSILON}`, isEpsilon) ?? 1;
  try {
    const { params } = mechanism.client as IndexClient;
    return { label: mechanism.id, mechanism, params: params({ epsilon: declared, domainSize }) };
  } catch (error) {
    if (error instanceof MechanismError) throw new SimError('argument-invalid', `${mechanism.id}: ${error.message}`);
    throw error;
  }
}

/** Randomized response has no choice. */
function defaultValues(id: string | true | undefined): number {
  return id === 'rr' ? 2 : policy.values;
}

function known(id: string): Mechanism {
  const mechanism = catalogue.get(id);
  if (mechanism === undefined) {
    throw new SimError('mechanism-unknown', `there is: ${[...catalogue.keys()].join(', ')}`);
  }
  return mechanism;
}
