import type { Mechanism, Params } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import type { Metric, Registry, WireTable } from '@dither/protocol';

/** A metric that reports, with all that is needed to count and to estimate it. Named by the metric's fingerprint. */
export interface Series {
  readonly metric: Metric;
  readonly params: Params;
  readonly mechanism: Mechanism;
}

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
  const mechanism = params && catalogue.get(params.mechanism);
  if (mechanism === undefined || params === undefined) {
    throw new Error(`${id}: this version does not have the mechanism ${params?.mechanism ?? '(none)'}`);
  }
  return { metric, params, mechanism };
}
