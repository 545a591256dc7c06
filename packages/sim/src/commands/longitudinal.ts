import { MAX_EPSILON, secureSource } from '@dither/mechanisms';
import { loadRegistry } from '@dither/protocol/node';
import { SimError } from '../errors.js';
import type { Io } from '../io.js';
import { attack } from '../longitudinal/attack.js';
import { type Columns, readHistories } from '../longitudinal/data.js';
import { histories } from '../longitudinal/histories.js';
import { longitudinalPage } from '../longitudinal/page.js';
import {
  type LongitudinalReport,
  type ReportedAttack,
  registryLedger,
  reportedMetric,
  reportedTargets,
} from '../longitudinal/report.js';
import { revealedBy } from '../longitudinal/revealed.js';
import { type DeclaredTarget, targetsOf } from '../longitudinal/targets.js';
import { latchedIds, type TwoStageMetric, twoStageDeclared, twoStageMechanism } from '../longitudinal/two-stage.js';
import { policy } from '../policy.js';
import { progress } from '../progress.js';
import { freshSeed, type Sources, seededSources } from '../seeded.js';
import { metricSubjects } from '../subject.js';
import { commonArguments, defineCommand, type Given, sameAgain, wholeNumber } from './command.js';
import { finish } from './finish.js';
import { someNumber } from './numbers.js';

type Name =
  | 'registry'
  | 'metric'
  | 'mechanism'
  | 'values'
  | 'epsilon-first'
  | 'epsilon-infinity'
  | 'reports'
  | 'periods'
  | 'days'
  | 'data'
  | 'column'
  | 'wide'
  | 'header'
  | 'buckets'
  | 'clients'
  | keyof typeof commonArguments;

/** The published example of what memoization does not do: two values, a tenfold of reports. */
const DEFAULTS = { mechanism: 'l-grr', values: 2, first: 0.4, infinity: 1, reports: 4 } as const;

export const longitudinal = defineCommand<Name>({
  meta: {
    name: 'longitudinal',
    summary: 'what an installation spends and reveals over a year, its values changing',
    detail: [
      'Of a registry: the ledger over a year, day by day, and when an installation falls silent. Of one metric with two stages',
      '(declared, or named by its options): what is declared beside the exact worst case, for fresh reports, for answers latched',
      'by epochs, and for the published rule of one answer per value for ever. With data: how often somebody who sees all',
      'messages of an installation guesses its value, or sees that it changed.',
    ].join('\n'),
  },
  args: {
    registry: { value: 'FILE', summary: 'declared metrics: canonical JSON, or a module that exports a registry' },
    metric: { value: 'ID', summary: 'of the registry; unless told the first latched one', needs: 'registry' },
    mechanism: {
      value: 'ID',
      summary: `without a registry: ${latchedIds.join(', ')}; ${DEFAULTS.mechanism} unless told`,
      excludes: ['registry'],
    },
    values: {
      value: 'K',
      summary: `number of values; ${DEFAULTS.values} unless told. With --data those of the data`,
      excludes: ['registry', 'data'],
    },
    'epsilon-first': {
      value: 'E',
      summary: `of one report; ${DEFAULTS.first} unless told`,
      excludes: ['registry'],
    },
    'epsilon-infinity': {
      value: 'E',
      summary: `of however many reports of one answer; ${DEFAULTS.infinity} unless told`,
      excludes: ['registry'],
    },
    reports: { value: 'R', summary: `of an epoch; ${DEFAULTS.reports} unless told`, excludes: ['registry'] },
    periods: {
      value: 'T',
      summary: `reports of the whole time, 2 to ${policy.longitudinal.maxPeriods}; a year of a declared metric, else ${policy.longitudinal.periods}`,
    },
    days: { value: 'N', summary: `of the ledger; ${policy.longitudinal.ledgerDays} unless told`, needs: 'registry' },
    data: { value: 'FILE', summary: 'values of people in a CSV file, gzipped or not: a line for each person' },
    column: {
      value: 'NAME|N',
      summary: 'of the data: an attribute that never changes, by name or number from 1',
      needs: 'data',
      excludes: ['wide'],
    },
    wide: { summary: 'of the data: every column is a moment', needs: 'data' },
    header: { summary: 'with --wide: the first line names the columns', needs: 'wide' },
    buckets: {
      value: 'N',
      summary: 'puts the numbers of the data into N ranges that are about as common',
      needs: 'data',
    },
    clients: {
      value: 'N',
      summary: `people of the data that are attacked, drawn by lot; ${policy.longitudinal.clients} unless told`,
      needs: 'data',
    },
    ...commonArguments,
    quick: { summary: `shorter histories, and ${policy.longitudinal.quickClients} people: under ten seconds` },
  },
  async run(given, io) {
    const report = await longitudinalReport(given, io);
    return finish(report, longitudinalPage(report), given, io);
  },
});

async function longitudinalReport(given: Given<Name>, io: Io): Promise<LongitudinalReport> {
  const seed = given.seed === undefined ? freshSeed(secureSource(globalThis.crypto)) : String(given.seed);
  const sources = seededSources(seed);
  const { maxPeriods, horizonDays, ledgerDays, delta } = policy.longitudinal;
  const days = wholeNumber('days', given.days, horizonDays) ?? ledgerDays;
  const registry = given.registry === undefined ? undefined : await loadRegistry(String(given.registry));
  const declared =
    registry === undefined
      ? undefined
      : given.metric === undefined
        ? registry.wire.find(({ latch }) => latch !== undefined)
        : metricSubjects(registry, String(given.metric))[0]?.metric;
  const data = given.data === undefined ? undefined : await dataOf(String(given.data), given);
  const metric =
    registry === undefined ? named(given, data?.histories.values.length) : declared && twoStageDeclared(declared);
  const moments = data?.moments;
  const year = declared === undefined ? policy.longitudinal.periods : Math.floor(ledgerDays / declared.period);
  const periods =
    someNumber('periods', given.periods, `a whole number from 2 to ${maxPeriods}`, isWhole(2, maxPeriods)) ??
    Math.min(maxPeriods, Math.max(2, moments ?? year));
  if (moments !== undefined && periods > moments) {
    throw new SimError('argument-invalid', `--periods is at most the ${moments} columns of the data`);
  }
  if (data !== undefined && metric === undefined) {
    throw new SimError(
      'argument-invalid',
      '--data needs a latched metric: name one with --metric, or leave out --registry',
    );
  }
  const targets = data && metric && targetsOf(metric, data.histories.values.length, periods);
  return {
    command: 'longitudinal',
    seed,
    arguments: sameAgain('longitudinal', given, seed),
    delta,
    ledger: registry === undefined ? null : registryLedger(registry, sources, days),
    metric: metric === undefined ? null : reportedMetric(metric, periods),
    revealed: metric === undefined ? null : revealedBy(metric, periods, given.quick === true),
    ...(data === undefined || targets === undefined
      ? { attack: null, isPartial: false }
      : await attacked(data, targets, periods, given, sources, io)),
  };
}

/** @param values - of the data */
function named(given: Given<Name>, values: number | undefined): TwoStageMetric {
  const isEpsilon = (x: number) => x > 0 && x <= MAX_EPSILON;
  const epsilon = `a number above 0, at most ${MAX_EPSILON}`;
  return twoStageMechanism(String(given.mechanism ?? DEFAULTS.mechanism), {
    epsilonFirst: someNumber('epsilon-first', given['epsilon-first'], epsilon, isEpsilon) ?? DEFAULTS.first,
    epsilonInfinity: someNumber('epsilon-infinity', given['epsilon-infinity'], epsilon, isEpsilon) ?? DEFAULTS.infinity,
    reports: wholeNumber('reports', given.reports, policy.longitudinal.maxPeriods) ?? DEFAULTS.reports,
    domainSize: wholeNumber('values', given.values, 2 ** 20) ?? values ?? DEFAULTS.values,
  });
}

interface Data {
  readonly file: string;
  readonly people: number;
  readonly leftOut: number;
  readonly histories: ReturnType<typeof histories>;
  /** Columns of a wide file. */
  readonly moments: number | undefined;
}

async function dataOf(file: string, given: Given<Name>): Promise<Data> {
  if ((given.column === undefined) === (given.wide === undefined)) {
    throw new SimError('argument-missing', 'with --data either --column NAME|N or --wide is needed');
  }
  const columns: Columns =
    given.column === undefined
      ? { kind: 'wide', hasHeader: given.header === true }
      : { kind: 'one', column: String(given.column) };
  const buckets = someNumber(
    'buckets',
    given.buckets,
    `a whole number from 2 to ${policy.longitudinal.maxValues}`,
    isWhole(2, policy.longitudinal.maxValues),
  );
  const read = await readHistories(file, columns);
  return {
    file,
    people: read.rows.length,
    leftOut: read.leftOut,
    histories: histories(read, buckets),
    moments: given.wide === undefined ? undefined : (read.rows[0]?.length as number),
  };
}

async function attacked(
  { file, people, leftOut, histories: held }: Data,
  targets: readonly DeclaredTarget[],
  periods: number,
  given: Given<Name>,
  sources: Sources,
  io: Io,
): Promise<{ readonly attack: ReportedAttack; readonly isPartial: boolean }> {
  const { clients: most, quickClients, maxRows } = policy.longitudinal;
  const { values } = held;
  const clients = Math.min(
    people,
    wholeNumber('clients', given.clients, maxRows) ?? (given.quick ? quickClients : most),
  );
  // Each is attacked as it is, unchanged, and changed half-way.
  const bar = progress(3 * clients * targets.length, 'installations', io);
  const found = await attack({
    targets,
    histories: held,
    periods,
    clients,
    sources,
    stop: io.stop,
    onProgress: bar.update,
  });
  bar.end();
  const { attacked: done, ...rest } = found;
  return {
    attack: { file, people, leftOut, values, ...rest, targets: reportedTargets(targets, found) },
    isPartial: done.length < targets.length,
  };
}

function isWhole(least: number, most: number): (x: number) => boolean {
  return (x) => Number.isInteger(x) && x >= least && x <= most;
}
