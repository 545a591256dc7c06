/**
 * What durable ingest costs, in CPU of the server process (its threads included), as ratios to floors of the same run: the
 * machine is noisy, so all servers take turns and each figure is the median over the rounds. Unique accepted batches are
 * asserted, the rate limit is on and never refuses.
 *
 *     pnpm bench server ingest
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFaults } from '../test/faults/faults.js';
import { shim } from '../test/faults/shim.js';
import { bodies, METRICS } from './lib/batches.js';
import { startChild } from './lib/child.js';
import { measured, median } from './lib/measured.js';

const ROUNDS = 7;
const BATCHES = 6000;
const WARM_UP = 8000;
const SYNC_MILLISECONDS = 4;

const folder = mkdtempSync(join(tmpdir(), 'dither-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const load = startChild('load', {});
await load.said();
const ignoring = await measured(load, 'ignoring');
const echoing = await measured(load, 'echoing');
const durable = await measured(load, 'durable', join(folder, 'a.db'));

const works = {
  ignoring: () => ignoring.burst('binary', BATCHES),
  echoing: () => echoing.burst('json', BATCHES),
  binary: () => durable.burst('binary', BATCHES),
  json: () => durable.burst('json', BATCHES),
};
type Round = { readonly [work in keyof typeof works]: Awaited<ReturnType<(typeof works)[work]>> };

await ignoring.burst('binary', WARM_UP);
await echoing.burst('json', WARM_UP);
await durable.burst('binary', WARM_UP / 2);
await durable.burst('json', WARM_UP / 2);
const rounds: Round[] = [];
for (let round = 0; round < ROUNDS; round++) {
  rounds.push({
    ignoring: await works.ignoring(),
    binary: await works.binary(),
    echoing: await works.echoing(),
    json: await works.json(),
  });
}
const { counted, resident } = await durable.usage();
const sent = WARM_UP + 2 * ROUNDS * BATCHES;
if (counted !== sent) throw new Error(`${sent} unique batches were sent, and ${counted} counted`);
await Promise.all([ignoring.end(), echoing.end(), durable.end()]);

const of = (figure: (round: Round) => number) => median(rounds.map(figure));
const perBatch = bodies().binary.next().length / METRICS;
const slow = shim === undefined ? undefined : await slowDisk();

print([
  ['binary durable against Fastify ignoring the same body', of((r) => r.ignoring.cpu / r.binary.cpu), 0.5, 0.65],
  ['binary durable against Fastify echoing grouped JSON of it', of((r) => r.echoing.cpu / r.binary.cpu), 0.8, 1],
  ['grouped JSON durable against Fastify echoing the same body', of((r) => r.echoing.cpu / r.json.cpu), 0.6, 0.75],
  ['million reports a second of server CPU, durable', METRICS / of((r) => r.binary.cpu), 1, 1.8],
  ['bytes a report of 16 bytes', perBatch, 17.5, 17.2],
  ['ack p99 against p99 of the ignoring handler', of((r) => r.binary.p99 / r.ignoring.p99), 3, 2],
  [`ack p99 in syncs, ${SYNC_MILLISECONDS} ms added to each`, slow, 8, 5],
]);
process.stdout.write(
  `\nus of CPU a batch: ${Object.keys(works)
    .map((work) => `${work} ${of((round) => round[work as keyof Round].cpu).toFixed(1)}`)
    .join(', ')}; ${Math.round(of((round) => round.binary.rate))} batches a second; ` +
    `p99 ${of((round) => round.binary.p99).toFixed(1)} ms against ${of((round) => round.ignoring.p99).toFixed(1)}; ` +
    `resident ${Math.round(resident / 2 ** 20)} MiB\n`,
);
process.exit(0);

/** @returns 99 in 100 answers come within so many syncs, each of them slower by some milliseconds */
async function slowDisk(): Promise<number> {
  const faults = openFaults(join(folder, 'faults'));
  faults.set({ path: 'slow.db', calls: ['sync'], action: 'delay', milliseconds: SYNC_MILLISECONDS });
  const server = await measured(load, 'durable', join(folder, 'slow.db'), faults);
  await server.burst('binary', WARM_UP);
  const waits: number[] = [];
  for (let round = 0; round < 3; round++) waits.push((await server.burst('binary', BATCHES)).p99);
  await server.end();
  return median(waits) / SYNC_MILLISECONDS;
}

/** A goal is a least figure where more is better, which it is where it rises from must to aim. */
function print(
  rows: readonly (readonly [what: string, figure: number | undefined, must: number, aim: number])[],
): void {
  process.stdout.write('| | measured | must | aim |\n| --- | ---: | ---: | ---: |\n');
  for (const [what, figure, must, aim] of rows) {
    const missed = figure !== undefined && (aim > must ? figure < must : figure > must) ? ' (missed)' : '';
    process.stdout.write(`| ${what} | ${figure?.toFixed(2) ?? 'no shim here'}${missed} | ${must} | ${aim} |\n`);
  }
}
