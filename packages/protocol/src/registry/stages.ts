import type { Client, LatchedClient, Params } from '@dither/mechanisms';
import { RegistryError } from './errors.js';
import type { Declared, Latch, Period } from './metric.js';

/** How a mechanism is declared: one stage with an epsilon, or two with a latch. */
export type Staged<One, Two> =
  | { readonly mechanism: One; readonly epsilon?: number; readonly latch?: never }
  | { readonly mechanism: Two; readonly latch: Latch; readonly epsilon?: never };

// biome-ignore lint/suspicious/noExplicitAny: params, reports and values are a mechanism's own affair
type OneStage<S> = Client<any, any, any> & { readonly params: (options: S & { epsilon: number }) => Params };

// biome-ignore lint/suspicious/noExplicitAny: params, reports and values are a mechanism's own affair
type TwoStages<S> = LatchedClient<any, any, any> & {
  readonly params: (options: S & { epsilonFirst: number; epsilonInfinity: number; reports: number }) => Params;
};

/**
 * One stage or two, as the mechanism has.
 *
 * @param allowed - ids of the mechanisms that answer the kind's question
 * @param shape - what its params need to know beside epsilons
 * @throws RegistryError `mechanism-unfit`, `latch-invalid`
 */
export function staged<S extends object>(
  { mechanism, period, epsilon, latch }: Staged<OneStage<S>, TwoStages<S>> & { readonly period: Period },
  allowed: readonly string[],
  shape: S,
): Pick<Declared, 'client' | 'resolve' | 'latch'> {
  if (!allowed.includes(mechanism?.id ?? '')) {
    throw new RegistryError('mechanism-unfit', '', `this kind is answered by: ${allowed.join(', ')}`);
  }
  if (!isLatched(mechanism)) {
    if (latch !== undefined) {
      throw new RegistryError('latch-invalid', '', 'this mechanism has one stage: declare epsilon, and no latch');
    }
    return { client: mechanism, resolve: (one) => mechanism.params({ epsilon: one, ...shape }) };
  }
  if (!latch || epsilon !== undefined) {
    const remedy =
      'this mechanism has two stages: declare latch with epsilonFirst, epsilonInfinity and epoch, and no epsilon';
    throw new RegistryError('latch-invalid', '', remedy);
  }
  const reports = latch.epoch / period;
  if (!Number.isInteger(reports) || reports < 2) {
    const remedy = 'an epoch is two or more whole periods; for one report per epoch take a longer period and one stage';
    throw new RegistryError('latch-invalid', '', remedy);
  }
  const { epsilonInfinity } = latch;
  return {
    client: mechanism,
    latch: { ...latch },
    resolve: (epsilonFirst) => mechanism.params({ epsilonFirst, epsilonInfinity, reports, ...shape }),
  };
}

function isLatched<S>(mechanism: OneStage<S> | TwoStages<S>): mechanism is TwoStages<S> {
  return 'latch' in mechanism;
}
