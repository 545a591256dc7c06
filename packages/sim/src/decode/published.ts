import { type CandidateBits, type CohortCounts, decodePublished, normalQuantile } from '@dither/mechanisms';
import { SimError } from '../errors.js';
import { policy } from '../policy.js';
import type { Decoded } from './decoded.js';

/**
 * The recipe of the published analysis tools. It takes the selection for given, and what is no candidate for noise: to
 * compare with, not to rely on.
 *
 * @throws SimError `candidates-too-many`: what it selects is fitted together
 */
export function decodeAsPublished(counts: CohortCounts, bits: CandidateBits): Decoded {
  if (bits.count > policy.maxPublished) {
    throw new SimError('candidates-too-many', `the published method takes at most ${policy.maxPublished} candidates`);
  }
  const found = decodePublished(counts, bits);
  const z = normalQuantile(0.5 + policy.confidence / 2);
  return {
    n: counts.reports.reduce((sum, n) => sum + n, 0),
    texts: Array.from(found.value, (value, i) => {
      const standardError = found.standardError[i] as number;
      const isKnown = Number.isFinite(standardError);
      return {
        value,
        standardError,
        low: isKnown ? value - z * standardError : 0,
        high: isKnown ? value + z * standardError : 1,
        pValue: found.pValue[i] as number,
        isDetected: found.isDetected[i] === 1,
      };
    }),
    confused: [],
  };
}
