import { MICRO } from '@dither/mechanisms';
import type { Registry } from '@dither/protocol';
import type { Subject } from '../subject.js';
import { localRandomizer } from './mechanisms.js';
import { type LocalRandomizer, mostVariation } from './randomizer.js';

/** What a person sends as one message of a round. */
export interface Message extends LocalRandomizer {
  readonly label: string;
  /** All reports of a batch, which travel under one id; or a report that travels alone. */
  readonly kind: 'batch' | 'report';
  /** Of a report. */
  readonly mechanism?: string;
  /** Of a latched metric, or a batch with one: what all rounds of an epoch tell together, shuffled or not. */
  readonly epochEpsilon?: number;
}

export function reportMessage({ label, mechanism, params, metric }: Subject): Message {
  const epsilon = mechanism.channel.effectiveEpsilon(params as never);
  return {
    label,
    kind: 'report',
    mechanism: mechanism.id,
    ...localRandomizer(params, epsilon),
    ...epochOf(metric?.microEpoch ?? [params.microEpsilon]),
  };
}

/**
 * What a batch with a report of every metric of one period tells; of sampled metrics, of those whose charges fit together. More
 * than the sum of the charges is not known of it: any two batches may be sent for two histories.
 */
export function batchMessage(registry: Registry): Message {
  const epsilon = sumOf(registry, (microEpoch) => microEpoch[0] as number);
  return {
    label: 'whole batch',
    kind: 'batch',
    epsilon,
    totalVariation: mostVariation(epsilon),
    ...(registry.wire.some(({ microEpoch }) => microEpoch.length > 1)
      ? { epochEpsilon: sumOf(registry, (microEpoch) => microEpoch.at(-1) as number) }
      : {}),
  };
}

function sumOf({ classes, budget }: Registry, charge: (microEpoch: readonly number[]) => number): number {
  let sum = 0;
  for (const { cap, period, metrics } of classes) {
    const all = metrics.reduce((total, { microEpoch }) => total + charge(microEpoch), 0);
    const [first] = metrics;
    // A latched metric, a class of its own, always reports. Of fresh ones those do that charge no more than the cap in all periods.
    const isLatched = (first?.microEpoch.length ?? 1) > 1;
    sum += isLatched ? all : Math.min(all, Math.floor((cap * period) / budget.windowDays));
  }
  return sum / MICRO;
}

function epochOf(microEpoch: readonly number[]): Pick<Message, 'epochEpsilon'> {
  return microEpoch.length > 1 ? { epochEpsilon: (microEpoch.at(-1) as number) / MICRO } : {};
}
