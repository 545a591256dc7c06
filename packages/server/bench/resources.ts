/**
 * What counters and a full log cost: resident memory with 100 text metrics of 64 cohorts over 30 days, and how long the
 * server takes to start over a log that is full, beside a log that is empty.
 *
 *     pnpm bench server resources
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { client as oneTimeRappor } from '@dither/mechanisms/one-time-rappor';
import { dayOf, defineRegistry, encodeBatch, policy, type Registry, text } from '@dither/protocol';
import { serverPolicy } from '@dither/server';
import { keepAlive } from '../test/support/keep-alive.js';
import type { Burst } from './children/load.js';
import { registry as ofLoad } from './lib/batches.js';
import { startChild } from './lib/child.js';
import { diskBytes, mebibytes, startCommand, untilFolded } from './lib/command.js';
import { median } from './lib/measured.js';

const DAYS = 30;
const METRICS = 100;
const COHORTS = 64;
const STARTS = 3;

const folder = mkdtempSync(join(tmpdir(), 'dither-resources-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

await countersOfTexts(mkdtempSync(join(folder, 'texts-')));
await fullLog(mkdtempSync(join(folder, 'log-')));
process.exit(0);

async function countersOfTexts(at: string): Promise<void> {
  const about = { description: 'd', purpose: 'p', owner: 'o', expires: '2099-12-31', period: 1 } as const;
  const registry = defineRegistry({
    app: 'bench-texts',
    expectedClients: 1e6,
    budget: { perWindow: 28 * METRICS, lifetime: 1e6 },
    metrics: Object.fromEntries(
      Array.from({ length: METRICS }, (_, i) => [`m${i}`, text({ ...about, maxLength: 40, mechanism: oneTimeRappor })]),
    ),
  });
  const first = await startCommand(at, registry);
  const before = first.memory();
  await reportEverything(first.port, registry);
  await untilFolded();
  const filled = first.memory();
  await first.end('SIGTERM');
  const again = await startCommand(at, registry);
  const restarted = again.memory();
  await again.end('SIGTERM');
  process.stdout.write(
    `${METRICS} text metrics x ${DAYS} days x ${COHORTS} cohorts: resident ${mebibytes(filled.now)} ` +
      `(${mebibytes(before.now)} when empty, ${mebibytes(filled.most)} at most), ${mebibytes(diskBytes(at))} on disk; ` +
      `after a restart ${mebibytes(restarted.now)} (${mebibytes(restarted.most)} at most), in ${seconds(again.started)}\n`,
  );
}

/** One report of each metric, cohort and day. */
async function reportEverything(port: number, registry: Registry): Promise<void> {
  const today = dayOf(Date.now());
  const connection = keepAlive();
  for (let window = today - DAYS; window < today; window++) {
    const day = Math.min(today, window + 1 + policy.maxReportAgeDays);
    for (let cohort = 0; cohort < COHORTS; cohort++) {
      const reports = registry.wire.map(({ params }, index) => {
        const bytes = new Uint8Array(params.reportBytes).fill(0x55);
        bytes[0] = cohort;
        return { index, window, bytes };
      });
      const nonce = crypto.getRandomValues(new Uint8Array(16));
      const { status, body } = await connection.post(port, encodeBatch(registry, { day, nonce, reports }));
      if (status !== 200 || !body.includes(`"accepted":${METRICS}`)) throw new Error(`answered ${status} ${body}`);
    }
  }
  connection.close();
}

async function fullLog(at: string): Promise<void> {
  const load = startChild('load', {});
  await load.said();
  const starts: { readonly full: number; readonly empty: number }[] = [];
  for (let i = 0; i < STARTS; i++) {
    const server = await startCommand(at, ofLoad);
    // Just below what is folded at once; before a fold is due the server is killed.
    const batches = serverPolicy.foldBatches - 1;
    await load.ask({ port: server.port, form: 'binary', batches } satisfies Burst);
    await server.end('SIGKILL');
    const full = await startCommand(at, ofLoad);
    await full.end('SIGTERM');
    const empty = await startCommand(at, ofLoad);
    await empty.end('SIGTERM');
    starts.push({ full: full.started, empty: empty.started });
  }
  process.stdout.write(
    `start over a log of ${serverPolicy.foldBatches - 1} batches: ${seconds(median(starts.map(({ full }) => full)))}; ` +
      `over an empty one ${seconds(median(starts.map(({ empty }) => empty)))}\n`,
  );
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
