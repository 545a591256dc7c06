import type { Declarations } from '@dither/protocol';
import type { MetricId } from '../client.js';

type Input<D extends Declarations, Id extends keyof D> = Parameters<D[Id]['encode']>[0];

/** Ids of the categories that list each of `Value`. */
export type CategoryOf<D extends Declarations, Value extends string> = {
  [Id in MetricId<D, 'category'>]: [Value] extends [Input<D, Id>] ? Id : never;
}[MetricId<D, 'category'>];

/** A category with a list of its own, and which of its values stands for a fact; none for undefined. */
export type Mapped<D extends Declarations, Fact> = {
  [Id in MetricId<D, 'category'>]: { readonly metric: Id; readonly map: (fact: Fact) => Input<D, Id> | undefined };
}[MetricId<D, 'category'>];
