import { uniformInt } from '@dither/mechanisms';
import type { Population } from '../population.js';
import type { EventTable } from './events.js';

/** The installations of a file, each once. */
export function observedPopulation(
  name: string,
  { clients, badLines, columns }: EventTable,
): Population & { readonly size: number } {
  const inOrder = [...columns.values()];
  return {
    name,
    size: clients,
    badLines,
    texts: new Map([...columns].flatMap(([id, { texts }]) => (texts === undefined ? [] : [[id, texts] as const]))),
    draw(installation, _source, values) {
      inOrder.forEach((column, i) => {
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
