import seedrandom from 'seedrandom';
import type { CandidateBits, CohortCounts } from '../../src/estimate/text/counts.js';
import { sampleMultinomial } from './binomial-sampler.js';
import { type Channel, drawCounts, drawTexts, pick, type Shape, sharesOf } from './text-world.js';

/** Everybody has a text, of which some are no candidates; each reports once. */
export interface MassSetting {
  readonly texts: number;
  readonly shape: Shape;
  /** Share of the texts that are no candidates, whatever their weight. */
  readonly missing: number;
  readonly epsilon: number;
}

/** Fitted together; solved together for their sum; and more than rows allow. */
export const MASS_SETTINGS = {
  '200 texts, a tenth missing, epsilon 4': { texts: 200, shape: 'zipf1', missing: 0.1, epsilon: 4 },
  '2,000 texts, none missing, epsilon 4': { texts: 2000, shape: 'unif', missing: 0, epsilon: 4 },
  '2,000 texts, a tenth missing, epsilon 4': { texts: 2000, shape: 'zipf1', missing: 0.1, epsilon: 4 },
  '10,000 texts, none missing, epsilon 1': { texts: 10_000, shape: 'unif', missing: 0, epsilon: 1 },
  '10,000 texts, a tenth missing, epsilon 4': { texts: 10_000, shape: 'zipf1', missing: 0.1, epsilon: 4 },
} as const satisfies Record<string, MassSetting>;

const CLIENTS = 1e6;

export interface MassDraw {
  readonly counts: CohortCounts;
  readonly candidates: CandidateBits;
  /** Share of the clients whose text is no candidate. */
  readonly unexplained: number;
}

/** 64 cohorts of 128 bits, two hashes. */
export function drawMass({ texts: count, shape, missing, epsilon }: MassSetting, seed: string): MassDraw {
  const uniform = seedrandom(`${count}/${shape}/${missing}/${epsilon}/${seed}`);
  const channel: Channel = {
    cohorts: 64,
    bits: 128,
    hashes: 2,
    mayMeet: false,
    set: 0.5,
    unset: 1 / (1 + Math.exp(epsilon / 2)),
  };
  const texts = drawTexts(uniform, channel, count);
  const held = sampleMultinomial(uniform, CLIENTS, sharesOf(shape, count));
  const counts = drawCounts(uniform, channel, texts, held);
  const gone = new Set<number>();
  while (gone.size < missing * count) gone.add(Math.floor(uniform() * count));
  const which = Array.from(held, (_, v) => v).filter((v) => !gone.has(v));
  const unexplained = [...gone].reduce((sum, v) => sum + (held[v] as number) / CLIENTS, 0);
  return { counts, candidates: pick(texts, which), unexplained };
}
