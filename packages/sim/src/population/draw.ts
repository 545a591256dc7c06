import { uniformInt, type WordSource } from '@dither/mechanisms';
import type { Population, ValueColumn } from '../population.js';
import { type Law, weighted } from './law.js';

/**
 * Writes the true value of every metric for one installation.
 * @param installation - its number, from zero; two calls with the same number need not agree
 */
export type Draw = (installation: number, source: WordSource, values: Int32Array) => void;

/** What draws installations from a population; made once, because it has tables of its own. */
export function drawFrom({ size, values: held }: Population): Draw {
  if (held.kind === 'declared') {
    const laws: readonly Law[] = held.shares.map(weighted);
    return (_installation, source, values) => {
      for (let i = 0; i < laws.length; i++) values[i] = (laws[i] as Law)(source);
    };
  }
  const { columns } = held;
  return (installation, source, values) => {
    const place = size === undefined ? uniformInt(source, held.size) : installation;
    for (let i = 0; i < columns.length; i++) values[i] = (columns[i] as ValueColumn)[place] as number;
  };
}
