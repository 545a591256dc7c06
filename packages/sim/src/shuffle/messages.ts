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
  /** Of a latched metric, or those of a batch: what all rounds of an epoch tell of them, shuffled or not. */
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
  const epsilon = classSums(registry).reduce((sum, each) => sum + each, 0) / MICRO;
  const latched = registry.wire.filter(({ microEpoch }) => microEpoch.length > 1);
  const epoch = latched.reduce((sum, { microEpoch }) => sum + (microEpoch.at(-1) as number), 0) / MICRO;
  return {
    label: 'whole batch',
    kind: 'batch',
    epsilon,
    totalVariation: mostVariation(epsilon),
    ...(latched.length > 0 ? { epochEpsilon: epoch } : {}),
  };
}

/** The most that one report of each metric of a class that reports tells, in millionths. */
function classSums({ classes, budget }: Registry): readonly number[] {
  return classes.map(({ cap, period, metrics }) => {
    const all = metrics.reduce((total, { microEpoch }) => total + (microEpoch[0] as number), 0);
    // A latched metric, a class of its own, always reports. Of fresh ones those do that charge no more than the cap in all periods.
    const isLatched = metrics.some(({ microEpoch }) => microEpoch.length > 1);
    return isLatched ? all : Math.min(all, Math.floor((cap * period) / budget.windowDays));
  });
}

function epochOf(microEpoch: readonly number[]): Pick<Message, 'epochEpsilon'> {
  return microEpoch.length > 1 ? { epochEpsilon: (microEpoch.at(-1) as number) / MICRO } : {};
}
