import { believed, benjaminiHochbergCut } from '../multiple.js';
import { DECODING } from './policy.js';

/**
 * P-values from which on the false are counted, for each list. The higher, the fewer light texts are taken for false and
 * the less certain the count: the second list, longer, takes the surer one, and adds its standard error.
 */
const DETECTED_ABOVE = 0.7;
const LISTED_ABOVE = 0.5;

/**
 * An upper estimate of the number of hypotheses that are false: their p-values lie above `cut` with probability 1 - cut.
 * The one that is added makes the rates below hold for independent p-values, whatever their number (Storey, Taylor,
 * Siegmund 2004).
 */
function nullsAmong(pValues: Float64Array, cut: number, caution: number): number {
  const above = 1 + pValues.reduce((sum, p) => sum + (p > cut ? 1 : 0), 0);
  return Math.min(pValues.length, (above + caution * Math.sqrt(above)) / (1 - cut));
}

/** Whether the number of false hypotheses is estimated, or every one taken to be false. */
export type Correction = 'adaptive' | 'bonferroni';

export interface Lists {
  /** 1 for each hypothesis of the list that holds any false one with probability at most alpha. */
  readonly detected: Uint8Array;
  /** 1 for each of the longer list, of which at most a share alpha is false on average. */
  readonly listed: Uint8Array;
}

/** The p-value below which a hypothesis is in the first list. */
export function detectionThreshold(pValues: Float64Array, correction: Correction): number {
  const among = correction === 'adaptive' ? nullsAmong(pValues, DETECTED_ABOVE, 0) : pValues.length;
  return DECODING.alpha / Math.max(1, among);
}

/**
 * Adaptive Bonferroni (Guo 2009, "A note on adaptive Bonferroni and Holm procedures under dependence") and adaptive
 * Benjamini-Hochberg. `docs/decoding-texts.md` has the measured rates. Nothing is listed that is not itself unlikely at
 * alpha: few reports leave no p-value above the cut to count, and the estimate of the false ones then says nothing.
 */
export function listsOf(pValues: Float64Array, correction: Correction): Lists {
  const { alpha } = DECODING;
  const threshold = detectionThreshold(pValues, correction);
  const among = correction === 'adaptive' ? nullsAmong(pValues, LISTED_ABOVE, 1) : pValues.length;
  const cut = Math.min(alpha, benjaminiHochbergCut(pValues, alpha, among));
  return { detected: believed(pValues, threshold), listed: believed(pValues, cut) };
}
