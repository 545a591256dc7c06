import type { Declarations } from '@dither/protocol';
import { useCallback } from 'react';
import type { Client, MetricId } from '../client.js';
import { useDitherOr } from './context.js';
import { type Consent, useConsentOf } from './use-consent.js';

type Input<D extends Declarations, Id extends keyof D> = Parameters<D[Id]['encode']>[0];
type ValueArguments<Value> = undefined extends Value ? [value?: Value] : [value: Value];

/** Hooks that know an app's metrics. */
export interface Hooks<D extends Declarations> {
  readonly useDither: () => Client<D> | undefined;
  readonly useConsent: () => Consent;
  /** A function that records an event of this metric; the same one at each render. */
  readonly useRecord: <Id extends keyof D & string>(id: Id) => (...value: ValueArguments<Input<D, Id>>) => void;
  /** A function that starts a stopwatch and returns the one that ends it and records; the same one at each render. */
  readonly useTiming: (id: MetricId<D, 'timing'>) => () => () => void;
}

/**
 * Makes the hooks of an app, so that a wrong metric or value is a compile error in its components.
 * @param fallback - the client where there is no provider; without one nothing is recorded there
 *
 * @example
 * export const { useConsent, useRecord } = createHooks(dither);
 * // in a component
 * const saved = useRecord('saves');
 * return <button onClick={() => saved()}>Save</button>;
 */
export function createHooks<D extends Declarations>(fallback?: Client<D>): Hooks<D> {
  return {
    useDither: () => useDitherOr(fallback),
    useConsent: () => useConsentOf(useDitherOr(fallback)),
    useRecord(id) {
      const client = useDitherOr(fallback);
      return useCallback((...value) => client?.record(id, ...value), [client, id]);
    },
    useTiming(id) {
      const client = useDitherOr(fallback);
      return useCallback(() => client?.time(id) ?? (() => undefined), [client, id]);
    },
  };
}
