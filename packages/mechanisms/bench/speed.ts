/**
 * Reports per second of each client, and reports to estimates, over the secure source. Prints only: times are
 * the machine's. The ratio to drawing the same words is what a change of code should be judged by.
 *
 *     node scripts/run-ts.mjs packages/mechanisms/bench/speed.ts
 */
import {
  type Aggregator,
  type DistributionMechanism,
  type FrequencyMechanism,
  type Mechanism,
  type Params,
  type State,
  secureSource,
  type TextMechanism,
  type WordSource,
} from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { countingSource } from '../test/support/seeded.js';

const EPSILON = 1;
const SECONDS = 0.5;
/** Web Crypto's quota: the bulk setting of `secureSource`. */
const BLOCK_WORDS = 16_384;

/** Seconds of process CPU time that `work` takes a round, repeated for about half a second after one warm-up. */
function secondsPerRound(work: () => void): number {
  work();
  const start = process.cpuUsage();
  let spent = 0;
  let rounds = 0;
  while (spent < SECONDS) {
    work();
    rounds++;
    const { user, system } = process.cpuUsage(start);
    spent = (user + system) / 1e6;
  }
  return spent / rounds;
}

/** Keeps results observable, so that nothing measured is optimized away. */
let sink = 0;

function drawAll(source: WordSource, words: number): void {
  for (let i = 0; i < words; i++) sink ^= source.next();
}

/** A mechanism at one setting, whatever its values are. */
interface Subject {
  readonly values: string;
  readonly params: Params;
  readonly aggregator: Aggregator;
  /** The i-th report, encoded. */
  report(i: number, source: WordSource): Uint8Array;
  estimate(state: State): unknown;
}

function overIndices(mechanism: FrequencyMechanism | DistributionMechanism): Subject {
  const { client } = mechanism;
  const domainSize = mechanism.id === 'rr' ? 2 : 1024;
  const params = client.params({ epsilon: EPSILON, domainSize });
  const amounts = Float64Array.from({ length: domainSize - 1 }, (_, cell) => cell);
  return {
    values: String(domainSize),
    params,
    aggregator: mechanism.aggregator,
    report: (i, source) => client.encode(params, client.randomize(params, i % domainSize, source)),
    estimate: (state) =>
      mechanism.answers === 'frequencies'
        ? mechanism.aggregator.estimate(params, state)
        : mechanism.aggregator.distribution(params, state, { quantiles: [0.5, 0.75, 0.95], above: [], amounts }),
  };
}

/** 1,000 texts, and as many candidates. */
function overTexts({ client, aggregator }: TextMechanism): Subject {
  const shape = { bits: 128, hashes: 1, cohorts: 64 };
  const candidates = Array.from({ length: 1000 }, (_, i) => `text-${i}`);
  const textOf = (i: number) => candidates[i % candidates.length] as string;
  const estimate = (params: Params) => (state: State) => aggregator.texts(params, state, { candidates });
  if (!('latch' in client)) {
    const params = client.params({ ...shape, epsilon: EPSILON });
    const report = (i: number, source: WordSource) =>
      client.encode(params, client.randomize(params, textOf(i), source));
    return { values: 'texts', params, aggregator, report, estimate: estimate(params) };
  }
  const params = client.params({ ...shape, epsilonFirst: EPSILON, epsilonInfinity: 2 * EPSILON, reports: 4 });
  // Of four reports one passes the permanent stage too.
  let permanent = client.latch(params, '', 0, secureSource(globalThis.crypto));
  const report = (i: number, source: WordSource) => {
    if (i % 4 === 0) permanent = client.latch(params, textOf(i), i % 64, source);
    return client.encode(params, client.report(params, permanent, source));
  };
  return { values: 'texts, latched', params, aggregator, report, estimate: estimate(params) };
}

function subjectOf(mechanism: Mechanism): Subject {
  return mechanism.answers === 'texts' ? overTexts(mechanism) : overIndices(mechanism);
}

const rows = [...catalogue.values()].map((mechanism) => {
  const { values, params, aggregator, report, estimate } = subjectOf(mechanism);
  const reports = params.reportBytes > 16 ? 500 : 100_000;
  const source = secureSource(globalThis.crypto, BLOCK_WORDS);

  const randomizeAll = (from: WordSource) => {
    for (let i = 0; i < reports; i++) sink ^= report(i, from)[0] ?? 0;
  };
  const randomizing = secondsPerRound(() => randomizeAll(source));

  const counted = countingSource(source);
  randomizeAll(counted);
  const drawing = secondsPerRound(() => drawAll(source, counted.drawn));

  const sample = Array.from({ length: 1000 }, (_, i) => report(i, source));
  const state = aggregator.empty(params);
  // The same thousand reports a thousand times; then one estimate.
  const accumulating = secondsPerRound(() => {
    for (const bytes of sample) aggregator.accumulate(params, state, aggregator.decode(params, bytes));
  });
  const estimating = secondsPerRound(() => {
    sink ^= Number(estimate(state) === undefined);
  });

  return {
    mechanism: mechanism.id,
    values,
    bytes: params.reportBytes,
    'words a report': Number((counted.drawn / reports).toFixed(2)),
    'reports/s': Math.round(reports / randomizing).toLocaleString('en'),
    'time over drawing the words': Number((randomizing / drawing).toFixed(2)),
    '1e6 reports to estimates, s': Number((1000 * accumulating + estimating).toFixed(3)),
  };
});

console.log(`epsilon ${EPSILON}, secure source, one thread, CPU time`);
console.table(rows);
if (Number.isNaN(sink)) throw new Error('unreachable');
