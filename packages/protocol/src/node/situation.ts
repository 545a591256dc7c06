import { type IndexParams, MICRO, type TextShape } from '@dither/mechanisms';
import type { Question, Situation } from '@dither/mechanisms/advise';
import { catalogue } from '@dither/mechanisms/catalogue';
import { mechanismsOf } from '../registry/kinds.js';
import type { Metric } from '../registry/metric.js';

/** What has to be known of a metric, declared or not. */
export type Asking = Pick<Metric, 'kind' | 'params' | 'microEpsilon' | 'microEpoch' | 'latch'>;

/** What is asked of a metric: its mechanism says, as a histogram and percentiles are of the same kind. */
function questionOf({ kind, params }: Asking): Question {
  switch (catalogue.get(params.mechanism)?.answers) {
    case 'texts':
      return 'texts';
    case 'distribution':
      return 'quantiles';
    default:
      return kind === 'count' ? 'mean' : 'shares';
  }
}

/** The question of a metric, put to all mechanisms that its kind can be declared with. @param n - installations that report */
export function situationOf(metric: Asking, n: number, maxBytes?: number): Situation {
  const { kind, params, microEpsilon, microEpoch, latch } = metric;
  const question = questionOf(metric);
  const declared = {
    epsilon: microEpsilon / MICRO,
    n,
    among: mechanismsOf(kind),
    ...(maxBytes !== undefined && { maxBytes }),
    ...(latch && { latch: { epsilonInfinity: latch.epsilonInfinity, reports: microEpoch.length } }),
  };
  if (question !== 'texts') return { question, domainSize: (params as IndexParams).domainSize, ...declared };
  const { bits, hashes, cohorts } = params as Metric['params'] & TextShape;
  return { question, cohorts, filter: { bits, hashes }, ...declared };
}
