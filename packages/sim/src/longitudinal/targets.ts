import { MICRO } from '@dither/mechanisms';
import { SimError } from '../errors.js';
import type { Target } from './attack.js';
import { readerOf } from './reader.js';
import { declaredLatched } from './revealed.js';
import type { Rule } from './rules.js';
import { paramsOf, type TwoStageMetric } from './two-stage.js';

/** A way to report, and what it declares for all reports of a value that never changes. */
export interface DeclaredTarget extends Target {
  readonly epsilonFirst: number;
  readonly declared: number;
}

/**
 * Ways to report one metric so many times. Three of them declare its epsilonInfinity for the whole time: fresh reports that share
 * it, one latched answer, and the memo rule as published. Two spend epsilonFirst a report: fresh, and latched by epochs.
 *
 * @param domainSize - number of values
 * @throws SimError `argument-invalid`
 */
export function targetsOf(metric: TwoStageMetric, domainSize: number, periods: number): readonly DeclaredTarget[] {
  const { client, epsilonFirst, epsilonInfinity, reports } = metric;
  const usual = { epsilonFirst, epsilonInfinity, reports, domainSize };
  const shared = Math.floor((epsilonInfinity * MICRO) / periods) / MICRO;

  const target = (name: string, rule: Rule, options: Partial<typeof usual>, declared?: number): DeclaredTarget => {
    const params = client && paramsOf(client, { ...usual, ...options });
    const reader = params && readerOf(params);
    if (client === undefined || params === undefined || reader === undefined) {
      throw new SimError('argument-invalid', '--data is for metrics of listed values: l-grr, l-osue or loloha');
    }
    const own = params.microEpsilon / MICRO;
    return {
      name,
      device: { client, params, rule, reports: params.microEpoch.length },
      reader,
      epsilonFirst: own,
      declared: declared ?? declaredLatched({ params }, periods),
    };
  };

  return [
    target('fresh', 'fresh', {}, periods * epsilonFirst),
    target('latched by epochs', 'latched', {}),
    target('fresh, sharing', 'fresh', { epsilonFirst: shared }, periods * shared),
    target('latched once', 'latched', { reports: periods }),
    target('memo', 'memo', {}, epsilonInfinity),
  ];
}
