import type {
  Aggregator,
  Channel,
  DistributionMechanism,
  FrequencyMechanism,
  IndexParams,
  Params,
  TextMechanism,
} from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import type { Metric, Registry, WireTable } from '@dither/protocol';

/** What is needed to count a metric, whatever its mechanism answers. Named by the metric's fingerprint. */
interface Counted {
  readonly metric: Metric;
  readonly params: Params;
  readonly aggregator: Aggregator;
  /** Of one report, from the integers in use. */
  readonly channel: Pick<Channel, 'effectiveEpsilon'>;
  /** Room for one report, while it is looked at. */
  readonly scratch: Uint8Array;
}

export interface FrequencySeries extends Counted {
  readonly answers: 'frequencies';
  readonly params: IndexParams;
  readonly mechanism: FrequencyMechanism;
}

export interface DistributionSeries extends Counted {
  readonly answers: 'distribution';
  readonly params: IndexParams;
  readonly mechanism: DistributionMechanism;
}

export interface TextSeries extends Counted {
  readonly answers: 'texts';
  readonly mechanism: TextMechanism;
}

/** A metric with all that is needed to count and to estimate it. */
export type Series = FrequencySeries | DistributionSeries | TextSeries;

/** A registry whose batches can be read. */
export interface ServedRegistry extends WireTable {
  readonly registry: Registry;
  /** In the order of the wire table. */
  readonly series: readonly Series[];
}

/** @throws Error if the registry names a mechanism this version does not have */
export function serve(registry: Registry): ServedRegistry {
  return {
    registry,
    fingerprint: registry.fingerprint,
    wire: registry.wire,
    series: registry.wire.map(toSeries),
  };
}

function toSeries(metric: Metric): Series {
  const { id, params } = metric;
  const mechanism = catalogue.get(params.mechanism);
  if (mechanism === undefined) throw new Error(`${id}: this version does not have the mechanism ${params.mechanism}`);
  const { aggregator, channel } = mechanism;
  const counted: Counted = { metric, params, aggregator, channel, scratch: new Uint8Array(params.reportBytes) };
  if (mechanism.answers === 'texts') return { ...counted, answers: 'texts', mechanism };
  // Mechanisms over indices have params over indices.
  const indexed = { ...counted, params: params as IndexParams };
  if (mechanism.answers === 'distribution') return { ...indexed, answers: 'distribution', mechanism };
  return { ...indexed, answers: 'frequencies', mechanism };
}
