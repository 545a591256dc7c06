/**
 * Coverage, width and error of the tree's quantiles on a population of waiting times:
 *
 *     node scripts/run-ts.mjs packages/mechanisms/bench/quantile-coverage.ts [runs [file [width]]]
 *
 * Without a file the population is a mixture of two log-normals. A file is JSON (pairs [ms, count]; or records with a
 * `histogram` of such pairs, of which the one with most counts is taken) or lines "ms,count"; a count is spread evenly
 * over its cell of `width` ms, 100 unless told. Its path is absolute, or seen from the package.
 *
 * Ends with status 1 if a coverage is not in [.93, .98] by more than sampling error (one false alarm in a hundred runs
 * of the whole table).
 */
import { readFileSync } from 'node:fs';
import { linearBuckets, logBuckets } from '@dither/mechanisms';
import { seededSource } from '../test/support/seeded.js';
import { isRefused, scores } from '../test/support/tree-coverage.js';
import { waitDensity } from '../test/support/tree-world.js';

const [runsGiven = '400', file, width = '100'] = process.argv.slice(2);
const runs = Number(runsGiven);

/** Weights of cells of `width` ms from 0 on. */
interface Waits {
  readonly width: number;
  readonly weights: readonly number[];
}

type Pairs = readonly (readonly [ms: number, count: number])[];

function totalOf(pairs: Pairs): number {
  return pairs.reduce((sum, [, count]) => sum + count, 0);
}

function pairsOf(path: string): Pairs {
  const text = readFileSync(path, 'utf8');
  if (!path.endsWith('.json')) {
    return text
      .split('\n')
      .map((line) => line.split(',').map(Number))
      .filter((row): row is [number, number] => row.length === 2 && row.every(Number.isFinite));
  }
  const found: unknown = JSON.parse(text);
  if (!Array.isArray(found)) throw new Error('expected an array of pairs, or of records with a histogram');
  const histograms = Array.isArray(found[0]) ? [found] : found.map(({ histogram }) => histogram);
  return histograms.reduce((best: Pairs, pairs: Pairs) => (totalOf(pairs) > totalOf(best) ? pairs : best));
}

function waitsOf(path: string): Waits {
  const weights: number[] = [];
  const cell = Number(width);
  for (const [ms, count] of pairsOf(path)) {
    const at = Math.floor(ms / cell);
    while (weights.length <= at) weights.push(0);
    weights[at] = (weights[at] as number) + count;
  }
  return { width: cell, weights };
}

function logNormals(): Waits {
  return { width: 10, weights: Array.from({ length: 1000 }, (_, i) => waitDensity(10 * i + 5)) };
}

const waits = file === undefined ? logNormals() : waitsOf(file);

/** Shares of buckets; what lies outside goes to the first and the last one. */
function sharesOf(edges: readonly number[]): number[] {
  const last = edges.length - 2;
  const total = waits.weights.reduce((sum, weight) => sum + weight, 0);
  return edges.slice(0, -1).map((edge, i) => {
    const [from, to] = [i === 0 ? 0 : edge, i === last ? Number.POSITIVE_INFINITY : (edges[i + 1] as number)];
    return waits.weights.reduce((sum, weight, cell) => {
      const [start, end] = [cell * waits.width, (cell + 1) * waits.width];
      return sum + (weight * Math.max(0, Math.min(end, to) - Math.max(start, from))) / (end - start) / total;
    }, 0);
  });
}

function msOf(edges: readonly number[], place: number): number {
  const cell = Math.min(edges.length - 2, Math.floor(place));
  const [from, to] = [edges[cell] as number, edges[cell + 1] as number];
  return from + (place - cell) * (to - from);
}

const axes = [64, 128, 256].flatMap((cells) => [
  { axis: `${cells} linear`, edges: linearBuckets(0, 10_000, cells) },
  { axis: `${cells} log`, edges: logBuckets(100, 10_000, cells) },
]);
const settings = axes.flatMap((axis) =>
  [1, 2].flatMap((epsilon) => [1e4, 1e5, 1e6].map((n) => ({ ...axis, epsilon, n }))),
);
const alpha = 0.01 / (settings.length * 3);

console.log(`${file ?? 'log-normal mixture'}; ${runs} runs; 95% intervals; ms`);
let refused = 0;
for (const { axis, edges, epsilon, n } of settings) {
  const setting = { shares: sharesOf(edges), withEvent: 1, epsilon, n, quantiles: [0.5, 0.75, 0.95] };
  const found = scores(setting, runs, seededSource(`bench/${axis}/${epsilon}/${n}`), (place) => msOf(edges, place));
  const row = found.slice(0, 3).map(({ name, truth, covered, width: wide, error }) => {
    const isOutside = isRefused(covered, runs, [0.93, 0.98], alpha);
    if (isOutside) refused++;
    const figures = [truth.toFixed(0), `+-${error.toFixed(0)}`, `covered ${(covered / runs).toFixed(3)}`];
    return `${name} ${figures.join(' ')}${isOutside ? '!' : ''} width ${wide.toFixed(0)}`;
  });
  console.log(`${axis}, epsilon ${epsilon}, n ${n}: ${row.join(' | ')}`);
}
if (refused > 0) {
  console.log(`${refused} coverages are not in [.93, .98]`);
  process.exitCode = 1;
}
