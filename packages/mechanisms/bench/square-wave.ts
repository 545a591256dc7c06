/**
 * What square wave reports tell: error of p50, p75, p95 and of the curve, coverage and length of their intervals; and
 * the time of a step of EM, banded against dense. On a logarithmic axis from 100 to 10,000.
 *
 *     node scripts/run-ts.mjs packages/mechanisms/bench/square-wave.ts [histogram.json] [runs] [cells] [share with an event]
 *
 * The histogram is a list of [amount, count], or a list of records with such a `histogram`, of which the largest is
 * taken; each count is spread evenly between the middles to its neighbours. Without one: two log-normals.
 */
import { readFileSync } from 'node:fs';
import { fitShares } from '../src/estimate/distribution/em.js';
import { aggregator } from '../src/mechanisms/square-wave.js';
import { seededSource } from '../test/support/seeded.js';
import { drawState, holdersOf, shapes, trueQuantile, waveOf } from '../test/support/wave-world.js';

type Histogram = readonly (readonly [amount: number, count: number])[];

const [path, runs = '100', cellsGiven = '128', withEvent = '1'] = process.argv.slice(2);
const RUNS = Number(runs);
const CELLS = Number(cellsGiven);
const QUANTILES = [0.5, 0.75, 0.95];
const [LEAST, MOST] = [100, 10_000];

/** The amount at a place of the axis. */
const amountAt = (place: number) => LEAST * (MOST / LEAST) ** (place / CELLS);

const size = (histogram: Histogram) => histogram.reduce((sum, [, count]) => sum + count, 0);

function read(file: string): Histogram {
  const parsed = JSON.parse(readFileSync(file, 'utf8')) as Histogram | { histogram: Histogram }[];
  const histograms = parsed.flatMap((one) => ('histogram' in one ? [one.histogram] : []));
  return histograms.length === 0 ? (parsed as Histogram) : histograms.reduce((a, b) => (size(b) > size(a) ? b : a));
}

/** Shares of the cells of the axis; what lies beyond its ends is in the cells there. */
function sharesOf(histogram: Histogram): number[] {
  const middles = histogram.slice(1).map(([amount], i) => (amount + (histogram[i]?.[0] as number)) / 2);
  const borders = [0, ...middles, MOST];
  const total = size(histogram);
  const below = (amount: number) =>
    histogram.reduce((sum, [, count], i) => {
      const [from, to] = [borders[i] as number, borders[i + 1] as number];
      return sum + (count / total) * Math.min(1, Math.max(0, (amount - from) / (to - from)));
    }, 0);
  return Array.from(
    { length: CELLS },
    (_, i) => (i === CELLS - 1 ? 1 : below(amountAt(i + 1))) - (i === 0 ? 0 : below(amountAt(i))),
  );
}

const shares = path === undefined ? shapes.waits(CELLS) : sharesOf(read(path));

function row(epsilon: number, n: number) {
  const wave = waveOf(epsilon, CELLS);
  const holders = holdersOf(shares, Number(withEvent), n);
  const truths = QUANTILES.map((quantile) => trueQuantile(holders, quantile));
  const source = seededSource(`bench/${epsilon}/${n}`);
  const amounts = Array.from({ length: CELLS }, (_, i) => amountAt(i + 0.5));
  const squares = QUANTILES.map(() => 0);
  const covered = QUANTILES.map(() => 0);
  const lengths = QUANTILES.map(() => 0);
  let distance = 0;
  const start = performance.now();
  for (let run = 0; run < RUNS; run++) {
    const answer = aggregator.distribution(wave.params, drawState(wave, holders, source), {
      quantiles: QUANTILES,
      above: [],
      amounts,
    });
    answer.quantiles.forEach(({ place, low, high }, k) => {
      const truth = truths[k] as { cell: number; place: number };
      squares[k] = (squares[k] as number) + (amountAt(place) - amountAt(truth.place)) ** 2 / RUNS;
      covered[k] = (covered[k] as number) + Number(low <= truth.cell && truth.cell < high) / RUNS;
      lengths[k] = (lengths[k] as number) + (amountAt(high) - amountAt(low)) / RUNS;
    });
    let gap = 0;
    answer.curve.forEach((share, i) => {
      gap += share - (shares[i] as number);
      distance += Math.abs(gap) / CELLS / RUNS;
    });
  }
  return {
    epsilon,
    n,
    'RMSE p50, p75, p95': squares.map((square) => Math.round(Math.sqrt(square))).join(', '),
    'interval covers': covered.map((part) => part.toFixed(3)).join(', '),
    'mean length': lengths.map(Math.round).join(', '),
    'Wasserstein distance': distance.toFixed(4),
    'ms a run': ((performance.now() - start) / RUNS).toFixed(1),
  };
}

const whole = holdersOf(shares, 1, 1e9);
console.log(
  `${CELLS} cells, ${RUNS} runs; true ${QUANTILES.map((q) => `p${100 * q} ${Math.round(amountAt(trueQuantile(whole, q).place))}`).join(', ')}`,
);
console.table([1, 2, 4].flatMap((epsilon) => [1e4, 1e5, 1e6].map((n) => row(epsilon, n))));

/** Milliseconds of one step, over as many as take a good part of a second. */
function perStep(steps: number, work: () => void): number {
  work();
  const start = performance.now();
  work();
  return (performance.now() - start) / steps;
}

/** A step by the definition, over a whole matrix. */
function denseStep(matrix: readonly Float64Array[], counts: ArrayLike<number>, from: Float64Array): Float64Array {
  const law = new Float64Array(counts.length);
  matrix.forEach((chances, value) => {
    for (let j = 0; j < law.length; j++) law[j] = (law[j] as number) + (from[value] as number) * (chances[j] as number);
  });
  return from.map((share, value) => {
    const chances = matrix[value] as Float64Array;
    let sum = 0;
    for (let j = 0; j < law.length; j++) sum += ((counts[j] as number) * (chances[j] as number)) / (law[j] as number);
    return share * sum;
  });
}

const wave = waveOf(1, 1024);
const { counts, n } = drawState(wave, holdersOf(shapes.waits(1024), 1, 100_000), seededSource('bench/step'));
const { window, outputs, outside, step } = wave.channel;
const matrix = Array.from({ length: 1025 }, (_, value) => {
  const start = value === 1024 ? outputs - window : value;
  return Float64Array.from(
    { length: outputs },
    (_unused, j) => outside + (j >= start && j < start + window ? step : 0),
  );
});
const parts = counts.map((count) => count / n);
const banded = perStep(5000, () => fitShares(wave.channel, counts, { smoothing: 0.5, tolerance: 0, maxSteps: 5000 }));
const dense = perStep(50, () => {
  let from: Float64Array = new Float64Array(1025).fill(1 / 1025);
  for (let i = 0; i < 50; i++) from = denseStep(matrix, parts, from);
});
console.log(
  `a step of EMS at 1,024 cells: ${(1000 * banded).toFixed(0)} us banded, ${(1000 * dense).toFixed(0)} us dense`,
);
