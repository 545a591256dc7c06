import type { IndexParams } from '@dither/mechanisms';
import { smallestTold } from '@dither/mechanisms/advise';
import { catalogue } from '@dither/mechanisms/catalogue';
import type { Metric } from '../registry/metric.js';
import { predictFrequencies } from './predict-frequencies.js';
import { predictQuantiles } from './predict-quantiles.js';
import type { Prediction } from './prediction.js';

/** The predicted error of a metric's estimates from the reports of `reporters` installations. */
export function predict(metric: Pick<Metric, 'params' | 'none' | 'domain'>, reporters: number): readonly Prediction[] {
  const mechanism = catalogue.get(metric.params.mechanism);
  if (mechanism === undefined) return [];
  switch (mechanism.answers) {
    case 'frequencies':
      return predictFrequencies(mechanism, metric.params as IndexParams, Number(metric.none), reporters);
    case 'distribution':
      return predictQuantiles(mechanism, metric, reporters);
    case 'texts': {
      const standardError = mechanism.aggregator.rareError(metric.params, reporters);
      const detectionLimit = smallestTold(() => standardError);
      return [{ quantity: 'text', n: reporters, standardError, detectionLimit, range: 1 }];
    }
  }
}
