import { probability } from '@dither/mechanisms';
import type { GrrParams } from '@dither/mechanisms/grr';
import type { LGrrParams } from '@dither/mechanisms/l-grr';
import type { LolohaParams } from '@dither/mechanisms/loloha';
import type { ProjectiveGeometryParams } from '@dither/mechanisms/projective-geometry';
import type { SquareWaveParams } from '@dither/mechanisms/square-wave';
import { addAll, type Draw } from './draw.js';
import { drawMixture, keptOf, scatterRest } from './mixture.js';
import { fallInWindows } from './window.js';

/* Mechanisms whose report is a symbol, one of a few that are the value's own, each as likely, or any. */

export function grr({ domainSize, keep }: GrrParams): Draw {
  return drawMixture({ symbols: domainSize, keep: probability(keep), own: 1, symbol: (value) => value });
}

/** Two rounds in a row keep with the product of their chances. */
export function lGrr({ cells, permanent, instantaneous }: LGrrParams): Draw {
  const keep = probability(permanent) * probability(instantaneous);
  return drawMixture({ symbols: cells, keep, own: 1, symbol: (value) => value });
}

/** A value's own: its cell under each of the functions. */
export function loloha({ cells, hash, permanent, instantaneous }: LolohaParams): Draw {
  return drawMixture({
    symbols: hash.functions * cells,
    keep: probability(permanent) * probability(instantaneous),
    own: hash.functions,
    symbol: (value, row) => row * cells + hash.cellOf(row, value),
  });
}

/** A value's own: the points of its hyperplane. */
export function projectiveGeometry({ space, hyperplane, keep }: ProjectiveGeometryParams): Draw {
  const { points, weight } = space;
  return drawMixture({
    symbols: points,
    keep: probability(keep),
    own: weight,
    symbol(value, i) {
      const point = hyperplane.member(i) - value;
      return point < 0 ? point + points : point;
    },
  });
}

/** Kept are outputs of the value's window, of which "no event" has one to itself. */
export function squareWave({ domainSize, window, outputs, keep }: SquareWaveParams): Draw {
  return (counts, holders, source) => {
    const kept = keptOf(holders, probability(keep), source);
    scatterRest(counts, outputs, holders, kept, source);
    const places = new Float64Array(outputs - window + 1);
    places.set(kept.subarray(0, domainSize - 1));
    places[outputs - window] = kept[domainSize - 1] as number;
    addAll(counts, fallInWindows(source, places, window));
  };
}
