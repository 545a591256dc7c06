import type { Answer } from './cells/cell.js';
import { distributionAnswer } from './cells/distribution.js';
import { frequencyAnswer } from './cells/frequencies.js';
import { textAnswer } from './cells/texts.js';
import type { SimulatedMetric } from './metrics.js';
import type { Tally } from './tally.js';

/** What is estimated of a metric, beside what is true; without cells where nobody reported it. */
export function answerOf(metric: SimulatedMetric, tally: Tally): Answer {
  if (tally.state.n === 0) return { cells: [] };
  switch (metric.answers) {
    case 'frequencies':
      return frequencyAnswer(metric, tally);
    case 'distribution':
      return distributionAnswer(metric, tally);
    case 'texts':
      return textAnswer(metric, tally);
  }
}
