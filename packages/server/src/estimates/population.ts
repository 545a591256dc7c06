import { population } from '@dither/protocol';
import type { Series } from '../ingest/served-registry.js';

/** What the shares of an estimate are shares of. */
export function populationOf({ metric, answers }: Pick<Series, 'metric' | 'answers'>): string {
  const all = population(metric);
  return answers === 'distribution' ? `${all}, among those with an event; the share with an event is of all` : all;
}
