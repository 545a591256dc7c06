import { MICRO, type TextShape } from '@dither/mechanisms';
import { adviseTexts } from '@dither/mechanisms/advise-text';
import { catalogue } from '@dither/mechanisms/catalogue';
import type { Metric } from '../registry/metric.js';

/** A filter must be this much better before it is advised. */
const CLEARLY = 0.9;

/** A filter of no more bytes that would know rare texts clearly better; undefined if there is none. */
export function betterShape(
  metric: Pick<Metric, 'params' | 'microEpsilon' | 'latch'>,
  n: number,
): { readonly bits: number; readonly hashes: number; readonly ratio: number } | undefined {
  const { params, latch } = metric;
  const mechanism = catalogue.get(params.mechanism);
  if (mechanism?.answers !== 'texts') return undefined;
  const { cohorts } = params as Metric['params'] & TextShape;
  const [best] = adviseTexts({
    epsilonFirst: metric.microEpsilon / MICRO,
    ...(latch === undefined ? {} : { epsilonInfinity: latch.epsilonInfinity }),
    cohorts,
    maxBytes: params.reportBytes,
    n,
  });
  if (best === undefined) return undefined;
  const ratio = best.rareError / mechanism.aggregator.rareError(params, n);
  return ratio > CLEARLY ? undefined : { bits: best.bits, hashes: best.hashes, ratio };
}
