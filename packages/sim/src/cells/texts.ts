import type { TextEstimate } from '@dither/mechanisms';
import type { SimulatedTexts } from '../metrics.js';
import { policy } from '../policy.js';
import type { Tally } from '../tally.js';
import { type Answer, type Cell, cell } from './cell.js';

/** The share of each candidate, in their order; then that of any text, and that of texts that are no candidate. */
export function textAnswer(
  { mechanism, params, texts, candidates }: SimulatedTexts,
  { holders, state }: Tally,
): Answer {
  const found = mechanism.aggregator.texts(params, state, { candidates, confidence: policy.confidence });
  const values = new Map(texts.map((text, value) => [text, value]));
  const held = candidates.map((candidate) => holders[values.get(candidate) ?? -1] ?? 0);
  const withText = state.n - (holders[0] as number);
  const unexplained = withText - held.reduce((sum, count) => sum + count, 0);
  const ofCandidates = found.texts.map((estimate, i) =>
    candidateCell(estimate, sumWith(held, i, estimate.confusedWith) / state.n),
  );
  const cells = [
    ...ofCandidates,
    cell({ name: 'with-text', label: 'with a text', isShare: true }, withText / state.n, found.withText),
    cell({ name: 'unexplained', label: 'no candidate', isShare: true }, unexplained / state.n, found.unexplained),
  ];
  const truth = ofCandidates.map((it) => it.truth);
  const raw = ofCandidates.map(({ estimate }) => estimate.value);
  return {
    cells,
    raw: { truth, estimate: raw },
    processed: { truth, estimate: raw.map((share) => Math.min(1, Math.max(0, share))) },
  };
}

/** Candidates that cannot be told apart are estimated together. */
function sumWith(held: readonly number[], own: number, others: readonly number[]): number {
  return others.reduce((sum, i) => sum + (held[i] as number), held[own] as number);
}

function candidateCell(estimate: TextEstimate, truth: number): Cell {
  const { text, isDetected, isListed, pValue } = estimate;
  return {
    ...cell({ name: 'text', label: text, isShare: true }, truth, estimate),
    detection: { isDetected, isListed, pValue, isHeld: truth > 0 },
  };
}
