import { type CandidateBits, type CohortCounts, decodeTexts } from '@dither/mechanisms';
import { policy } from '../policy.js';
import type { Decoded } from './decoded.js';
import { decodeAsPublished } from './published.js';

/** How texts are decoded, by name. */
export const decodingMethods: Readonly<Record<string, (counts: CohortCounts, bits: CandidateBits) => Decoded>> = {
  /** The decoder of this project's own text mechanisms: docs/decoding-texts.md. */
  wls(counts, bits) {
    const found = decodeTexts(counts, bits, { confidence: policy.confidence });
    return {
      n: found.n,
      texts: Array.from(found.value, (value, i) => ({
        value,
        standardError: found.standardError[i] as number,
        low: found.low[i] as number,
        high: found.high[i] as number,
        pValue: found.pValue[i] as number,
        isDetected: found.isDetected[i] === 1,
      })),
      confused: found.confused,
      withText: found.withText,
      unexplained: found.unexplained,
      misfit: found.misfit,
    };
  },
  published: decodeAsPublished,
};
