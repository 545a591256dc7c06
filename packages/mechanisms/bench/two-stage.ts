/**
 * The second stage of LOLOHA, exact against published: variance of a rare value, each at its own best number of cells, beside what
 * 1, 2 and 5 reports of one epoch spend. The gain is no better mechanism: the published stage spends less than was declared.
 *
 *     node scripts/run-ts.mjs packages/mechanisms/bench/two-stage.ts
 */
import { params } from '@dither/mechanisms/loloha';

const SETTINGS = [
  [2, 0.8],
  [3, 1.8],
  [4, 2],
] as const;

/** Most cells that are tried: any number, of which the mechanism takes powers of two. */
const MOST = 200;

interface Stages {
  /** e^epsilonInfinity. */
  readonly a: number;
  /** Odds of the second stage. */
  readonly c: number;
  readonly g: number;
}

const exactOdds = (a: number, b: number, g: number) => (a * b + (g - 2) * b - (g - 1)) / (a - b);
const publishedOdds = (a: number, b: number) => (a * b - 1) / (a - b);

/** Of one report, times n. */
function variance({ a, c, g }: Stages): number {
  const kept = ((a - 1) / (a + g - 1)) * ((c - 1) / (c + g - 1));
  const p = kept + (1 - kept) / g;
  const q = 1 / g;
  return (q * (1 - q)) / (p - q) ** 2;
}

function epsilonOf({ a, c, g }: Stages, reports: number): number {
  return Math.log((a * c ** reports + g - 1) / (a + c ** reports + g - 2));
}

function best(a: number, odds: (g: number) => number, cells: readonly number[]): Stages {
  const all = cells.map((g) => ({ a, c: odds(g), g }));
  return all.reduce((least, stages) => (variance(stages) < variance(least) ? stages : least));
}

function row(name: string, stages: Stages, against: number) {
  return {
    'second stage': name,
    cells: stages.g,
    'variance times n': Number(variance(stages).toFixed(4)),
    'below published, %': Number((100 * (1 - variance(stages) / against)).toFixed(1)),
    'epsilon of 1': Number(epsilonOf(stages, 1).toFixed(3)),
    'of 2': Number(epsilonOf(stages, 2).toFixed(3)),
    'of 5': Number(epsilonOf(stages, 5).toFixed(3)),
  };
}

for (const [epsilonInfinity, epsilonFirst] of SETTINGS) {
  const [a, b] = [Math.exp(epsilonInfinity), Math.exp(epsilonFirst)];
  const every = Array.from({ length: MOST - 1 }, (_, i) => i + 2);
  const published = best(a, () => publishedOdds(a, b), every);
  const exact = best(a, (g) => exactOdds(a, b, g), every);
  const { cells } = params({ epsilonFirst, epsilonInfinity, reports: 2, domainSize: 64 });
  const shipped = { a, c: exactOdds(a, b, cells), g: cells };
  console.log(`epsilonInfinity ${epsilonInfinity}, epsilonFirst ${epsilonFirst}`);
  console.table([
    row('published', published, variance(published)),
    row('exact', exact, variance(published)),
    row('exact, of 64 functions', shipped, variance(published)),
  ]);
}
