import type { Cell } from './cells/cell.js';
import { distributionCells } from './cells/distribution.js';
import { frequencyCells } from './cells/frequencies.js';
import { textCells } from './cells/texts.js';
import type { SimulatedMetric } from './metrics.js';
import type { Tally } from './tally.js';

/** The cells of a metric; none where nobody reported it. */
export function cellsOf(metric: SimulatedMetric, tally: Tally): readonly Cell[] {
  if (tally.state.n === 0) return [];
  switch (metric.answers) {
    case 'frequencies':
      return frequencyCells(metric, tally);
    case 'distribution':
      return distributionCells(metric, tally);
    case 'texts':
      return textCells(metric, tally);
  }
}
