import type { CandidateList, CandidateSummary } from './storage.js';

export function summaryOf({ name, count, sha256, bytes }: CandidateList): CandidateSummary {
  return { name, count, sha256, bytes: bytes.length };
}

export function sortedByName(lists: readonly CandidateSummary[]): readonly CandidateSummary[] {
  return [...lists].sort((a, b) => (a.name < b.name ? -1 : 1));
}
