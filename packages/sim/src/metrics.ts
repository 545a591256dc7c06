import {
  type Aggregator,
  type Channel,
  type Client,
  type DistributionMechanism,
  type FrequencyMechanism,
  type IndexParams,
  type LatchedClient,
  type LatchedIndexParams,
  type Mechanism,
  type Params,
  type Quantity,
  type TextMechanism,
  uniformInt,
  type WordSource,
} from '@dither/mechanisms';
import { labels, type Metric, type Registry } from '@dither/protocol';
import { SimError } from './errors.js';
import { policy } from './policy.js';
import type { Population } from './population.js';

/** What is known of a metric that reports, whatever its question. */
export interface Simulated {
  readonly metric: Metric;
  readonly params: Params;
  readonly mechanism: {
    readonly id: string;
    readonly aggregator: Aggregator;
    readonly channel: Pick<Channel, 'effectiveEpsilon'>;
  };
  /** True values are 0 up to, without, this. */
  readonly valueCount: number;
  readonly isLatched: boolean;
  /**
   * The randomizer an app would ship. Of a latched metric the first report of an epoch: a fresh permanent step, then
   * one instantaneous step.
   * @param draw - the installation's cohort draw, which only latched metrics read
   */
  readonly report: (value: number, draw: number, source: WordSource) => unknown;
}

/** A quantity linear in the shares of the values, with what a reader calls it. */
export interface SimulatedQuantity extends Quantity {
  /** The value whose share is estimated, or the quantity's own name. */
  readonly label: string;
  /** Whether it is a share of installations, in [0, 1]: errors of shares can be averaged, others have a unit. */
  readonly isShare: boolean;
}

export interface SimulatedFrequencies extends Simulated {
  readonly answers: 'frequencies';
  readonly mechanism: FrequencyMechanism;
  readonly params: IndexParams;
  readonly quantities: readonly SimulatedQuantity[];
}

export interface SimulatedDistribution extends Simulated {
  readonly answers: 'distribution';
  readonly mechanism: DistributionMechanism;
  readonly params: IndexParams;
}

export interface SimulatedTexts extends Simulated {
  readonly answers: 'texts';
  readonly mechanism: TextMechanism;
  /** The text of each value; the first is "", no event. */
  readonly texts: readonly string[];
  /** What is looked for, each once. */
  readonly candidates: readonly string[];
}

/** A metric that reports, with the whole mechanism it reports through. */
export type SimulatedMetric = SimulatedFrequencies | SimulatedDistribution | SimulatedTexts;

/** Id to mechanism, such as the catalogue of `@dither/mechanisms`. */
export type MechanismLookup = { get(id: string): Mechanism | undefined };

/** Texts to look for, by id of metric. */
export type Candidates = ReadonlyMap<string, readonly string[]>;

export interface SimulationOptions {
  readonly registry: Registry;
  readonly mechanisms: MechanismLookup;
  readonly population: Pick<Population, 'texts'>;
  /** Where a text metric has none, the texts of the population. */
  readonly candidates?: Candidates;
}

/**
 * The metrics of `registry.wire`, in that order.
 * @throws SimError `mechanism-unknown`, `candidates-too-many`
 */
export function simulatedMetrics({
  registry,
  mechanisms,
  population,
  candidates = new Map(),
}: SimulationOptions): readonly SimulatedMetric[] {
  return registry.wire.map((metric) => {
    const mechanism = mechanisms.get(metric.params.mechanism);
    if (mechanism === undefined) {
      throw new SimError('mechanism-unknown', `${metric.id}: this version does not have its mechanism`);
    }
    if (mechanism.answers === 'frequencies') return frequencies(metric, mechanism);
    if (mechanism.answers === 'distribution') return distribution(metric, mechanism);
    const texts = population.texts.get(metric.id) ?? [''];
    return overTexts(metric, mechanism, texts, candidates.get(metric.id) ?? texts.slice(1));
  });
}

function frequencies(metric: Metric, mechanism: FrequencyMechanism): SimulatedFrequencies {
  const params = metric.params as IndexParams;
  const quantities = mechanism.aggregator.quantities(params);
  const names = quantities.some(isFrequency) ? labels(metric) : [];
  return {
    ...overIndices(metric, mechanism),
    answers: 'frequencies',
    mechanism,
    quantities: quantities.map((quantity) => ({
      ...quantity,
      label: isFrequency(quantity) ? (names[quantity.index] ?? String(quantity.index)) : quantity.name,
      isShare: isShare(quantity, params.domainSize),
    })),
  };
}

function distribution(metric: Metric, mechanism: DistributionMechanism): SimulatedDistribution {
  return { ...overIndices(metric, mechanism), answers: 'distribution', mechanism };
}

function overIndices(metric: Metric, { client }: FrequencyMechanism | DistributionMechanism) {
  const params = metric.params as IndexParams;
  return {
    metric,
    params,
    valueCount: params.domainSize,
    isLatched: 'latch' in client,
    report: reporter<number>(params, client, (value) => value),
  };
}

function overTexts(
  metric: Metric,
  mechanism: TextMechanism,
  texts: readonly string[],
  candidates: readonly string[],
): SimulatedTexts {
  if (candidates.length > policy.maxCandidates) {
    throw new SimError('candidates-too-many', `${metric.id}: at most ${policy.maxCandidates} candidates`);
  }
  return {
    metric,
    mechanism,
    params: metric.params,
    answers: 'texts',
    valueCount: texts.length,
    isLatched: 'latch' in mechanism.client,
    report: reporter<string>(metric.params, mechanism.client, (value) => texts[value] as string),
    texts,
    candidates,
  };
}

/** @param held - what the client is told of a value: an index, or a text */
function reporter<V>(
  params: Params,
  client: Client<IndexParams, unknown, V> | LatchedClient<LatchedIndexParams, unknown, V>,
  held: (value: number) => V,
): Simulated['report'] {
  if (!('latch' in client)) {
    const { draws } = params;
    return (value, _draw, source) => {
      // In the field it follows from the nonce, which is uniform.
      const draw = draws === undefined ? undefined : uniformInt(source, draws);
      return client.randomize(params as IndexParams, held(value), source, draw);
    };
  }
  const latched = params as LatchedIndexParams;
  return (value, draw, source) => client.report(latched, client.latch(latched, held(value), draw, source), source);
}

export function isFrequency(quantity: Quantity): quantity is Quantity & { readonly index: number } {
  return quantity.name === 'frequency' && quantity.index !== undefined;
}

function isShare(quantity: Quantity, domainSize: number): boolean {
  if (isFrequency(quantity)) return true;
  for (let value = 0; value < domainSize; value++) {
    const weight = quantity.weights(value);
    if (weight < 0 || weight > 1) return false;
  }
  return true;
}
