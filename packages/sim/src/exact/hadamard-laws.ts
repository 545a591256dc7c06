import { probability } from '@dither/mechanisms';
import type { HadamardCountMeanSketchParams } from '@dither/mechanisms/hadamard-count-mean-sketch';
import type { HadamardResponseParams } from '@dither/mechanisms/hadamard-response';
import type { RecursiveHadamardParams } from '@dither/mechanisms/recursive-hadamard';
import { add, type Draw } from './draw.js';
import { fallOnColumns } from './hadamard.js';
import { keptOf, scatterRest } from './mixture.js';
import { fallOnRows } from './pool.js';

/* Mechanisms over Hadamard matrices, whose report is kept or falls anywhere. */

/** Kept are columns of the value's block in which its row has +1; row 0 is nobody's. */
export function hadamardResponse({ outputs, blocks, columns, width, keep }: HadamardResponseParams): Draw {
  return (counts, holders, source) => {
    const kept = keptOf(holders, probability(keep), source);
    scatterRest(counts, outputs, holders, kept, source);
    for (let block = 0; block < blocks; block++) {
      const rows = new Float64Array(columns);
      rows.set(kept.subarray(block * width, (block + 1) * width), 1);
      const { plus } = fallOnColumns(source, rows, true);
      for (let column = 0; column < columns; column++) add(counts, block * columns + column, plus[column] as number);
    }
  };
}

/** Kept are the block of the value and the sign that its place has under the public row. */
export function recursiveHadamard({ rows, outputs, blocks, width, keep }: RecursiveHadamardParams): Draw {
  return (counts, holders, source) => {
    const kept = keptOf(holders, probability(keep), source);
    scatterRest(counts, rows * outputs, holders, kept, source);
    for (let block = 0; block < blocks; block++) {
      const places = new Float64Array(rows);
      places.set(kept.subarray(block * width, (block + 1) * width));
      const { plus, minus } = fallOnColumns(source, places, false);
      for (let row = 0; row < rows; row++) {
        add(counts, row * outputs + 2 * block, plus[row] as number);
        add(counts, row * outputs + 2 * block + 1, minus[row] as number);
      }
    }
  };
}

/** A sign is true by a coin that says more often yes; as well it is kept by a lesser one, and else falls anywhere. */
export function hadamardCountMeanSketch({ cells, pool, draws, truth }: HadamardCountMeanSketchParams): Draw {
  return (counts, holders, source) => {
    const kept = keptOf(holders, 2 * probability(truth) - 1, source);
    scatterRest(counts, 2 * draws, holders, kept, source);
    const inCell = fallOnRows(source, pool, kept);
    for (let first = 0; first < draws; first += cells) {
      const { plus, minus } = fallOnColumns(source, inCell.subarray(first, first + cells), false);
      for (let coordinate = 0; coordinate < cells; coordinate++) {
        add(counts, 2 * (first + coordinate), plus[coordinate] as number);
        add(counts, 2 * (first + coordinate) + 1, minus[coordinate] as number);
      }
    }
  };
}
