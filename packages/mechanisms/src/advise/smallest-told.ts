import { normalQuantile } from '../estimate/normal.js';

/** The two-sided test at .05, and passing it 19 times in 20. */
const [TEST, PASS] = [normalQuantile(0.975), normalQuantile(0.95)];

/** The smallest f that is told from zero 19 times in 20: f - 1.645 se(f) = 1.960 se(0). Currie 1968. */
export function smallestTold(standardError: (share: number) => number): number {
  const base = TEST * standardError(0);
  let limit = base;
  for (let i = 0; i < 50; i++) limit = base + PASS * standardError(Math.min(1, limit));
  return limit;
}
