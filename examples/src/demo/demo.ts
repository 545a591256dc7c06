import { MICRO } from '@dither/mechanisms';
import { dayOf, periodStart, policy, type Registry, registryToJson } from '@dither/protocol';
import seedrandom from 'seedrandom';
import { candidatesOf } from './candidates.js';
import { type Crew, startCrew } from './crew.js';
import type { DemoServer } from './demo-server.js';
import type { Sample } from './play.js';
import {
  type Candidates,
  type Coverage,
  countedExactlyOnce,
  type MetricResult,
  resultOf,
  testCoverage,
} from './results.js';
import type { Tally } from './tally.js';
import type { UploadCounts } from './transport.js';

export interface DemoOptions {
  readonly registry: Registry;
  readonly behaviour: 'browser' | 'generic';
  /** What to look for among texts; where nothing is said, what was recorded. */
  readonly candidates: Candidates;
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

/** The days played: whole periods that ended not long ago, from the beginning of an epoch on. */
export function schedule(registry: Registry): { readonly periodDays: number; readonly firstDay: number } {
  const periodDays = Math.max(...registry.wire.map((metric) => metric.period));
  const span = Math.max(policy.budget.windowDays, ...registry.wire.map((metric) => metric.epoch));
  const today = periodStart(dayOf(Date.now()), span);
  return { periodDays, firstDay: today - Math.ceil((PERIODS * policy.budget.windowDays) / span) * span };
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

/** What a run is about, by whatever means it is played. */
type Common = Pick<DemoOptions, 'registry' | 'clients' | 'seed' | 'candidates'>;

/** Plays all periods in step, the server's clock with them. */
async function playDemo(options: Common, server: DemoServer, crew: Crew): Promise<DemoResult> {
  const began = performance.now();
  await playPeriods(options.registry, server, crew);
  return concludePlay(options, server, crew, began);
}

export async function playPeriods(
  registry: Registry,
  server: Pick<DemoServer, 'setDay'>,
  crew: Pick<Crew, 'playPeriod'>,
): Promise<void> {
  const { firstDay, periodDays } = schedule(registry);
  for (let period = 0; period <= PERIODS; period++) {
    server.setDay(firstDay + period * periodDays + 1);
    await crew.playPeriod(period);
  }
}

export async function concludePlay(
  options: Common,
  server: DemoServer,
  crew: Pick<Crew, 'finish'>,
  began: number,
): Promise<DemoResult> {
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
  { registry, clients, seed, candidates: given }: Common,
  { ask, putCandidates }: DemoServer,
  { tally, ...gathered }: Gathered,
  began: number,
): Promise<DemoResult> {
  const candidates = candidatesOf(registry, tally, given);
  for (const [metric, texts] of candidates) if (texts.length > 0) await putCandidates(metric, texts);
  const sources = { registry, tally, ask, candidates };
  const reported = registry.wire.filter((metric) => tally.windows(metric.id).length > 0);
  const metrics: MetricResult[] = [];
  for (const metric of reported) metrics.push(await resultOf(sources, metric));
  const coverage = await testCoverage(sources, seedrandom(`${seed}/cells`));
  const exactlyOnce = await countedExactlyOnce(sources);
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

/**
 * Reads a ledger as it lies in storage: the whole sum, and the most of any rolling budget window. A charge is made for
 * one report, or at once for those of an epoch: then it says what one, two, ... of them cost together, and the days
 * between two.
 */
function spentOf(sample: Sample | undefined, windowDays: number): DemoResult['spentBySample'] {
  if (sample === undefined) return { inLifetime: 0, inWindow: 0 };
  const ledger = JSON.parse(sample.ledger) as {
    readonly spent: number;
    readonly charges: readonly (readonly [
      day: number,
      metric: string,
      micro: number | readonly number[],
      period?: number,
    ])[];
  };
  const charges = ledger.charges.map(([first, metric, micro, period = 1]) => {
    const together = [micro].flat();
    return { metric, together, days: together.map((_, report) => first + report * period) };
  });
  const metrics = [...new Set(charges.map(({ metric }) => metric))];
  const isWithin = (day: number, end: number) => day <= end && day > end - windowDays;
  // Of each metric the larger of what was read in the window, whenever it is told, and what was told in it.
  const spentUntil = (end: number): number =>
    metrics.reduce((sum, id) => {
      const own = charges.filter(({ metric }) => metric === id);
      const read = own.reduce(
        (s, { together, days: [first = 0] }) => s + (isWithin(first, end) ? (together.at(-1) ?? 0) : 0),
        0,
      );
      const sent = own.reduce(
        (s, { together, days }) => s + (together[days.filter((day) => isWithin(day, end)).length - 1] ?? 0),
        0,
      );
      return sum + Math.max(read, sent);
    }, 0);
  const windows = charges.flatMap(({ days }) => days.map(spentUntil));
  return { inLifetime: ledger.spent / MICRO, inWindow: Math.max(0, ...windows) / MICRO };
}
