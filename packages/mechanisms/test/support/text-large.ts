import seedrandom from 'seedrandom';
import type { CandidateBits, CohortCounts } from '../../src/estimate/text/counts.js';
import { sampleMultinomial } from './binomial-sampler.js';
import { type Channel, drawCounts, drawTexts, pick, sharesOf, twoStage } from './text-world.js';

/** 10,000 candidates on 64 cohorts of 128 bits: the permanent and instantaneous stages of the published suite. */
export const LARGE: Channel = { cohorts: 64, bits: 128, hashes: 2, mayMeet: false, ...twoStage(0.39, 0.61, 0.45) };

/** The same shape of filter in a report that stands alone, at epsilon 4: bits that say much, and rows that stand out. */
export const LARGE_ALONE: Channel = { ...LARGE, set: 0.5, unset: 1 / (1 + Math.exp(2)) };

const CANDIDATES = 10_000;
const TEXTS = 1000;
const CLIENTS = 1e6;

/**
 * A thousand texts with Zipf weights, a tenth of them no candidates, of any weight; the other 9,100 candidates are false.
 * @param isHeaviestMissing - whether the heaviest text is surely among those missing
 */
export function drawLarge(
  channel: Channel,
  isHeaviestMissing: boolean,
  seed: string,
): { readonly counts: CohortCounts; readonly candidates: CandidateBits; readonly truth: Float64Array } {
  const uniform = seedrandom(`${seed}/${isHeaviestMissing}`);
  const missing = new Set<number>(isHeaviestMissing ? [0] : []);
  while (missing.size < TEXTS / 10) missing.add(Math.floor(uniform() * TEXTS));
  const texts = drawTexts(uniform, channel, CANDIDATES + missing.size);
  const held = new Float64Array(texts.count);
  held.set(sampleMultinomial(uniform, CLIENTS, sharesOf('zipf1', TEXTS)));
  const counts = drawCounts(uniform, channel, texts, held);
  const which = Array.from(held, (_, v) => v).filter((v) => !missing.has(v));
  return {
    counts,
    candidates: pick(texts, which),
    truth: Float64Array.from(which, (v) => (held[v] as number) / CLIENTS),
  };
}
