/**
 * Reports per second of each client, and reports to estimates, over the secure source. Prints only: times are
 * the machine's. The ratio to drawing the same words is what a change of code should be judged by.
 *
 *     node scripts/run-ts.mjs packages/mechanisms/bench/speed.ts
 */
import { secureSource, type WordSource } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { acceptedDomains } from '../test/contract/case.js';
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

const rows = [...catalogue.values()].map((mechanism) => {
  const { client, aggregator } = mechanism;
  const [domainSize = 2] = acceptedDomains(mechanism, [1024, 2]);
  const params = client.params({ epsilon: EPSILON, domainSize });
  const reports = params.reportBytes > 16 ? 500 : 100_000;
  const source = secureSource(globalThis.crypto, BLOCK_WORDS);

  const randomizeAll = (from: WordSource) => {
    for (let i = 0; i < reports; i++)
      sink ^= client.encode(params, client.randomize(params, i % domainSize, from))[0] ?? 0;
  };
  const randomizing = secondsPerRound(() => randomizeAll(source));

  const counted = countingSource(source);
  randomizeAll(counted);
  const drawing = secondsPerRound(() => drawAll(source, counted.drawn));

  const sample = Array.from({ length: 1000 }, (_, i) =>
    client.encode(params, client.randomize(params, i % domainSize, source)),
  );
  const state = aggregator.empty(params);
  // The same thousand reports a thousand times; then one estimate.
  const accumulating = secondsPerRound(() => {
    for (const bytes of sample) aggregator.accumulate(params, state, aggregator.decode(params, bytes));
  });
  const estimating = secondsPerRound(() => {
    sink ^= aggregator.estimate(params, state).length;
  });

  return {
    mechanism: mechanism.id,
    values: domainSize,
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
