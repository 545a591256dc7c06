import type { Population } from '../population.js';
import type { PopulationTable } from './table.js';

/** The installations of a file, each once. */
export function observedPopulation(
  name: string,
  { clients, badLines, columns, valueCounts, texts }: PopulationTable,
): Population {
  return { name, size: clients, badLines, texts, values: { kind: 'observed', size: clients, columns, valueCounts } };
}

/** Any number of installations, each a random one of another population, drawn with replacement. */
export function drawnFrom(population: Population): Population {
  return { ...population, size: undefined };
}
