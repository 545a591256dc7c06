import { uniformInt } from '@dither/mechanisms';
import type { Population } from '../population.js';
import type { EventTable } from './events.js';

/** The installations of a file, each once. */
export function observedPopulation(name: string, table: EventTable): Population & { readonly size: number } {
  return {
    name,
    size: table.clients,
    badLines: table.badLines,
    draw(installation, _source, values) {
      table.columns.forEach((column, i) => {
        values[i] = column.value(installation);
      });
    },
  };
}

/** Any number of installations, each a random one of another population, drawn with replacement. */
export function drawnFrom(population: Population & { readonly size: number }): Population {
  return {
    ...population,
    size: undefined,
    draw(_installation, source, values) {
      population.draw(uniformInt(source, population.size), source, values);
    },
  };
}
