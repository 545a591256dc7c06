/**
 * Memory and disk of the server by batches a day, measured on its real process over a database that holds the nonces of as
 * many days as are retained, under load: the table of docs/sizing.md.
 *
 *     pnpm bench server sizing
 *     node scripts/run-ts.mjs packages/server/bench/sizing.ts 1000 300000     these sizes alone
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Filled } from './children/fill.js';
import type { Burst } from './children/load.js';
import { registry } from './lib/batches.js';
import { startChild } from './lib/child.js';
import { diskBytes, mebibytes, startCommand, untilFolded } from './lib/command.js';

const SIZES = [1000, 10_000, 100_000, 300_000, 1_000_000];
/** What is sent while memory is looked at: several groups of commits, and folds. */
const BURST = 20_000;
const STARTS = 4;

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : SIZES;
const load = startChild('load', {});
await load.said();

process.stdout.write('| batches a day | nonces kept | memory | most memory | disk | start |\n');
process.stdout.write('| ---: | ---: | ---: | ---: | ---: | ---: |\n');
for (const perDay of sizes) process.stdout.write(`${await row(perDay)}\n`);
process.exit(0);

async function row(perDay: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'dither-sizing-'));
  try {
    const fill = startChild('fill', { database: join(folder, 'a.db'), perDay });
    const { batches } = await fill.said<Filled>();
    await fill.ended;
    const server = await startCommand(folder, registry);
    await load.ask({ port: server.port, form: 'binary', batches: BURST } satisfies Burst);
    await untilFolded();
    const { now, most } = server.memory();
    const disk = diskBytes(folder);
    await server.end('SIGTERM');
    const figures = [mebibytes(now), mebibytes(most), mebibytes(disk), await leastStart(folder)];
    return `| ${[perDay, batches].map((count) => count.toLocaleString('en')).join(' | ')} | ${figures.join(' | ')} |`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Of several, the one that least else came in the way of. */
async function leastStart(folder: string): Promise<string> {
  const started: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const server = await startCommand(folder, registry);
    started.push(server.started);
    await server.end('SIGTERM');
  }
  return `${(Math.min(...started) / 1000).toFixed(1)} s`;
}
