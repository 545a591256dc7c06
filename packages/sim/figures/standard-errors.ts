/**
 * Predicted standard errors against those of many repetitions of the exact engine, over 2 to 1,024 values and epsilon 1/2 to 4;
 * then the gaps of what is not linear: quantiles by square wave and tree, and texts by RAPPOR.
 *
 *     pnpm figures standard-errors [--repetitions R] [id ...]
 *
 * 10,000 repetitions of everything take three quarters of an hour; a mechanism alone one minute to seven.
 */
import { parseArgs } from 'node:util';
import { seededSources } from '../src/seeded.js';
import { quantileGaps, textGaps } from '../test/support/gaps.js';
import { type Compared, cellsOf, compareErrors, limitOf, linear } from '../test/support/standard-errors.js';

const { values, positionals } = parseArgs({
  options: { repetitions: { type: 'string', default: '10000' } },
  allowPositionals: true,
});
const repetitions = Number(values.repetitions);
const installations = 100_000;
const isAsked = (id: string) => positionals.length === 0 || positionals.includes(id);
const sources = seededSources('standard errors');
const short = (x: number) => Number(x.toFixed(4));

const cells = linear.filter(({ id }) => isAsked(id)).flatMap((mechanism) => cellsOf(mechanism));
const compared: Compared[] = [];
if (cells.length > 0) {
  console.log(`${installations} installations, ${repetitions} repetitions; mean squares of errors in predicted ones`);
  console.log(
    `off: from 1, in standard deviations; bias: of ${repetitions} repetitions, likewise; stated: by each estimate`,
  );
}
for (const cell of cells) {
  const { mechanism, domainSize, epsilon } = cell;
  const found = compareErrors(
    cell,
    { installations, repetitions },
    sources(`${mechanism.id}/${domainSize}/${epsilon}`),
  );
  compared.push(found);
  const { ratio, score, worstRatio, worstScore, worstBias, stated } = found;
  console.log(
    [
      mechanism.id.padEnd(28),
      `values ${domainSize}`.padEnd(12),
      `epsilon ${epsilon}`.padEnd(12),
      `all ${ratio.toFixed(4)} off ${score.toFixed(2)}`.padEnd(24),
      `worst ${worstRatio.toFixed(3)} off ${worstScore.toFixed(2)}`.padEnd(26),
      `bias ${worstBias.toFixed(2)}`.padEnd(12),
      `stated ${stated.toFixed(4)}`,
    ].join(''),
  );
}
if (compared.length > 0) {
  const quantities = compared.reduce((sum, { quantities }) => sum + quantities, 0);
  const largest = (of: (found: Compared) => number) => Math.max(...compared.map((found) => Math.abs(of(found))));
  console.table(
    [
      { of: 'all quantities of a cell', scores: cells.length, largest: short(largest(({ score }) => score)) },
      { of: 'one quantity', scores: quantities, largest: short(largest(({ worstScore }) => worstScore)) },
      { of: 'a bias', scores: quantities, largest: short(largest(({ worstBias }) => worstBias)) },
    ].map((row) => ({ ...row, 'once in 1,000': short(limitOf(0.001, row.scores)) })),
  );
}

for (const id of ['square-wave', 'tree']) {
  if (isAsked(id)) console.table(quantileGaps(id, repetitions / 10, sources(id)));
}
for (const id of ['rappor', 'one-time-rappor']) {
  if (isAsked(id)) console.table(textGaps(id, repetitions / 10, sources(id)));
}
