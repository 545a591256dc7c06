/**
 * The table of unexplained shares in docs/decoding-texts.md.
 *
 *     node scripts/run-ts.mjs packages/mechanisms/bench/text-mass.ts [runs, 200 unless told]
 */

import { decodeTexts } from '../src/estimate/text/decode.js';
import { drawMass, MASS_SETTINGS } from '../test/support/text-mass.js';

const runs = Number(process.argv[2] ?? 200);

for (const [name, setting] of Object.entries(MASS_SETTINGS)) {
  let [sum, squares, stated, covered, withText, cpu] = [0, 0, 0, 0, 0, 0];
  for (let run = 0; run < runs; run++) {
    const { counts, candidates, unexplained: truth } = drawMass(setting, `bench/${run}`);
    const before = process.cpuUsage();
    const decoding = decodeTexts(counts, candidates);
    const { user, system } = process.cpuUsage(before);
    const { value, standardError, low, high } = decoding.unexplained;
    sum += value - truth;
    squares += (value - truth) ** 2;
    stated += standardError;
    if (low <= truth && truth <= high) covered++;
    if (decoding.withText.low <= 1 && 1 <= decoding.withText.high) withText++;
    cpu += (user + system) / 1e6;
  }
  const mean = sum / runs;
  const deviation = Math.sqrt(squares / runs - mean * mean);
  console.log(name, {
    runs,
    'mean error': `${mean.toFixed(4)} +- ${(deviation / Math.sqrt(runs)).toFixed(4)}`,
    'standard deviation': deviation.toFixed(4),
    'stated standard error': (stated / runs).toFixed(4),
    'intervals that cover': (covered / runs).toFixed(3),
    'intervals of withText that cover': (withText / runs).toFixed(3),
    'mean CPU s': (cpu / runs).toFixed(2),
  });
}
