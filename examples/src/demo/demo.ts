import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MICRO } from '@dither/mechanisms';
import {
  DAY_MS,
  dayOf,
  formatDay,
  type Metric,
  periodStart,
  policy,
  type Registry,
  registryToJson,
} from '@dither/protocol';
import { type EstimateAnswer, type Server, type Storage, sqliteStorage, startServer } from '@dither/server';
import seedrandom from 'seedrandom';
import { type Crew, startCrew } from './crew.js';
import type { Sample } from './play.js';
import { type Ask, type Coverage, countedExactlyOnce, type MetricResult, resultOf, testCoverage } from './results.js';
import type { Tally } from './tally.js';
import type { UploadCounts } from './transport.js';

export interface DemoOptions {
  readonly registry: Registry;
  readonly behaviour: 'browser' | 'generic';
  readonly clients: number;
  readonly seed: string;
  readonly threads: number;
  /** Told the share done, 0 to 1. */
  readonly onProgress: (share: number) => void;
}

export interface DemoResult {
  readonly clients: number;
  readonly seed: string;
  readonly seconds: number;
  readonly metrics: readonly MetricResult[];
  readonly coverage: Coverage;
  readonly uploads: UploadCounts & { readonly delivered: number };
  readonly undelivered: number;
  readonly exactlyOnce: boolean;
  readonly sample: Sample | undefined;
  /** What the sample installation spent, from its own ledger. */
  readonly spentBySample: { readonly inLifetime: number; readonly inWindow: number };
  readonly badLines: number;
  readonly isPassed: boolean;
}

const PERIODS = 2;

/** A server on a free loopback port with a fresh store, whose clock the demo sets. */
export interface DemoServer {
  readonly url: string;
  setDay(day: number): void;
  readonly ask: Ask;
  close(): Promise<void>;
}

export async function startDemoServer(registry: Registry): Promise<DemoServer> {
  const folder = await mkdtemp(join(tmpdir(), 'dither-demo-'));
  const server = await serveDemo(registry, await sqliteStorage({ path: join(folder, 'dither.db') }));
  return {
    ...server,
    async close() {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** The same over a given store. */
export async function serveDemo(registry: Registry, storage: Storage): Promise<DemoServer> {
  let now = 0;
  const server: Server = await startServer({
    registries: [registry],
    storage,
    clock: { now: () => now },
    // All installations come from this machine's address here.
    rateLimit: false,
  });
  return {
    url: server.url,
    setDay(day) {
      now = day * DAY_MS + DAY_MS / 2;
    },
    async ask(metric, window) {
      const range = window === undefined ? '' : `?from=${formatDay(window)}&to=${formatDay(window)}`;
      const response = await fetch(`${server.url}/v1/metrics/${metric.id}/estimate${range}`);
      if (!response.ok) throw new Error(`the server answers ${response.status} for ${metric.id}`);
      return (await response.json()) as EstimateAnswer;
    },
    close: () => server.close(),
  };
}

/** The days played: whole periods that ended not long ago. */
export function schedule(registry: Registry): { readonly periodDays: number; readonly firstDay: number } {
  const periodDays = Math.max(...registry.wire.map((metric) => metric.period));
  const today = periodStart(dayOf(Date.now()), policy.budget.windowDays);
  return { periodDays, firstDay: today - PERIODS * policy.budget.windowDays };
}

/** Plays the installations against the server, on threads, and puts the truth beside its answers. */
export async function runDemo(options: DemoOptions, server: DemoServer): Promise<DemoResult> {
  const { registry, clients, onProgress } = options;
  let done = 0;
  const crew = startCrew(
    { ...lifeOf(options, server), registry: registryToJson(registry), behaviour: options.behaviour },
    clients,
    options.threads,
    (more) => {
      done += more;
      onProgress(done / (clients * (PERIODS + 1)));
    },
  );
  return playDemo(options, server, crew);
}

/** What every installation of one run has in common. */
export function lifeOf({ registry, seed }: Pick<DemoOptions, 'registry' | 'seed'>, { url }: Pick<DemoServer, 'url'>) {
  return { ...schedule(registry), endpoint: url, seed, periods: PERIODS, concurrency: 32 };
}

/** Plays all periods in step, the server's clock with them. */
export async function playDemo(
  options: Pick<DemoOptions, 'registry' | 'clients' | 'seed'>,
  server: DemoServer,
  crew: Crew,
): Promise<DemoResult> {
  const began = performance.now();
  const { firstDay, periodDays } = schedule(options.registry);
  for (let period = 0; period <= PERIODS; period++) {
    server.setDay(firstDay + period * periodDays + 1);
    await crew.playPeriod(period);
  }
  const { uploads, delivered, ...played } = await crew.finish();
  return conclude(options, server, { ...played, uploads: { ...uploads, delivered }, badLines: 0 }, began);
}

/** What was played, by whatever means. */
export interface Gathered {
  readonly tally: Tally;
  readonly uploads: UploadCounts & { readonly delivered: number };
  readonly undelivered: number;
  readonly sample: Sample | undefined;
  readonly badLines: number;
}

export async function conclude(
  { registry, clients, seed }: Pick<DemoOptions, 'registry' | 'clients' | 'seed'>,
  { ask }: Pick<DemoServer, 'ask'>,
  { tally, ...gathered }: Gathered,
  began: number,
): Promise<DemoResult> {
  const reported = registry.wire.filter((metric) => tally.windows(metric.id).length > 0);
  const metrics = await Promise.all(reported.map((metric: Metric) => resultOf(metric, tally, ask)));
  const coverage = await testCoverage(registry, tally, ask, seedrandom(`${seed}/cells`));
  const exactlyOnce = await countedExactlyOnce(registry, tally, ask);
  return {
    ...gathered,
    clients,
    seed,
    seconds: (performance.now() - began) / 1000,
    metrics,
    coverage,
    exactlyOnce,
    spentBySample: spentOf(gathered.sample, registry.budget.windowDays),
    isPassed: coverage.isPassed && exactlyOnce && gathered.undelivered === 0 && gathered.uploads.delivered > 0,
  };
}

/** Reads a ledger as it lies in storage: the whole sum, and the most of any rolling budget window. */
function spentOf(sample: Sample | undefined, windowDays: number): DemoResult['spentBySample'] {
  if (sample === undefined) return { inLifetime: 0, inWindow: 0 };
  const ledger = JSON.parse(sample.ledger) as {
    readonly spent: number;
    readonly charges: readonly (readonly [day: number, metric: string, micro: number])[];
  };
  const windows = ledger.charges.map(([end]) =>
    ledger.charges.reduce((sum, [day, , micro]) => (day <= end && day > end - windowDays ? sum + micro : sum), 0),
  );
  return { inLifetime: ledger.spent / MICRO, inWindow: Math.max(0, ...windows) / MICRO };
}
