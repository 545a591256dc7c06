import type { Question } from '@dither/mechanisms/advise';
import { situationOf } from '@dither/protocol/node';
import { policy } from '../policy.js';
import type { Asked } from '../predict/asked.js';
import type { Subject } from '../predict/subject.js';

/** What is compared of a metric: all its shares, its mean, the percentiles that people look at, or its texts. */
export function questionOf({ metric }: Subject): Question {
  return situationOf(metric, 1).question;
}

export function askedOf({ metric, shares }: Subject, question: Question): readonly Asked[] {
  switch (question) {
    case 'mean':
      return [{ of: 'mean' }];
    case 'quantiles':
      return policy.quantiles.map((quantile) => ({ of: 'quantile', quantile }));
    case 'shares':
      // The two shares of a boolean are one.
      if (metric.kind === 'boolean') return [{ of: 'share', value: 1 }];
      return Array.from(shares.keys(), (value) => ({ of: 'share', value }));
    case 'texts':
      return Array.from(shares.keys(), (value) => ({ of: 'share' as const, value })).slice(1);
  }
}
