import { probability } from '@dither/mechanisms';
import type { CountMeanSketchParams } from '@dither/mechanisms/count-mean-sketch';
import type { LocalHashingParams } from '@dither/mechanisms/local-hashing';
import { chancesOf } from './bit-laws.js';
import { yesOf } from './bits.js';
import { add, addAll, type Draw } from './draw.js';
import { keptOf, scatterRest } from './mixture.js';
import { fallOnRows } from './pool.js';

/* Mechanisms over a pool of hash functions, a report's by its public draw, which is uniform. */

/** Kept is the value's cell; else it is any cell of any function. */
export function localHashing({ pool, keep }: LocalHashingParams): Draw {
  return (counts, holders, source) => {
    const kept = keptOf(holders, probability(keep), source);
    scatterRest(counts, pool.rows * pool.cells, holders, kept, source);
    addAll(counts, fallOnRows(source, pool, kept));
  };
}

/** A bit for each cell of the function, of which the value owns one. */
export function countMeanSketch({ cells, pool, bits }: CountMeanSketchParams): Draw {
  const chances = chancesOf(bits);
  return (counts, holders, source) => {
    const owners = fallOnRows(source, pool, holders);
    for (let first = 0; first < owners.length; first += cells) {
      const reports = owners.subarray(first, first + cells).reduce((sum, clients) => sum + clients, 0);
      for (let at = first; at < first + cells; at++) {
        add(counts, at, yesOf(source, owners[at] as number, reports, chances));
      }
    }
  };
}
