/**
 * The table of docs/adr/0005: exact coverage of four 95% intervals, over more cells than the test has time for.
 *
 *     node scripts/run-ts.mjs packages/mechanisms/bench/coverage.ts
 */

import { plugIn, score, shipped } from '../test/support/coverage.js';
import { cellsOf, few, plenty, settingsOf, summary } from '../test/support/coverage-grid.js';

const settings = settingsOf([50, 100, 200, 500, 1000, 2000, 4000]);
const STEPS = 100;

console.log('all expected supports at least 10');
console.table({
  'plug-in normal': summary(plenty(settings).flatMap((s) => cellsOf(s, plugIn(s.support), STEPS))),
  score: summary(plenty(settings).flatMap((s) => cellsOf(s, score(s.support, 0), STEPS))),
  'score, quarter-answer correction (shipped)': summary(
    plenty(settings).flatMap((s) => cellsOf(s, shipped(s.support), STEPS)),
  ),
});
console.log('some expected support below 10');
console.table({
  'exact test inverted (shipped)': summary(few(settings).flatMap((s) => cellsOf(s, shipped(s.support), STEPS))),
});
