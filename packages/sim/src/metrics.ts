import type { Mechanism, Quantity } from '@dither/mechanisms';
import { labels, type Metric, type Registry } from '@dither/protocol';
import { SimError } from './errors.js';

/** A quantity that is estimated, with what a reader calls it. */
export interface SimulatedQuantity extends Quantity {
  /** The value whose share is estimated, or the quantity's own name. */
  readonly label: string;
  /** Whether it is a share of installations, in [0, 1]: errors of shares can be averaged, others have a unit. */
  readonly isShare: boolean;
}

/** A metric that reports, with the whole mechanism it reports through. */
export interface SimulatedMetric {
  readonly metric: Metric;
  readonly mechanism: Mechanism;
  readonly params: NonNullable<Metric['params']>;
  readonly quantities: readonly SimulatedQuantity[];
}

/** Id to mechanism, such as the catalogue of `@dither/mechanisms`. */
export type MechanismLookup = { get(id: string): Mechanism | undefined };

/**
 * The metrics of `registry.wire`, in that order.
 * @throws SimError `mechanism-unknown`
 */
export function simulatedMetrics(registry: Registry, mechanisms: MechanismLookup): readonly SimulatedMetric[] {
  return registry.wire.map((metric) => {
    const params = metric.params;
    const mechanism = params && mechanisms.get(params.mechanism);
    if (params === undefined || mechanism === undefined) {
      throw new SimError('mechanism-unknown', `${metric.id}: this version does not have its mechanism`);
    }
    const quantities = mechanism.aggregator.quantities(params);
    const names = quantities.some(isFrequency) ? labels(metric) : [];
    return {
      metric,
      mechanism,
      params,
      quantities: quantities.map((quantity) => ({
        ...quantity,
        label: isFrequency(quantity) ? (names[quantity.index] ?? String(quantity.index)) : quantity.name,
        isShare: isShare(quantity, params.domainSize),
      })),
    };
  });
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
