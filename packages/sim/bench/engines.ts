/**
 * Both engines, per mechanism: installations a second of the clients' code, report by report on one thread; and of the exact
 * engine a trial of 1e9 installations and a thousand of 1e6, sampling and estimating. 1,024 values with Zipf shares of exponent
 * 1.1, or as many as the mechanism takes; of texts 1,000; epsilon 1. CPU time; of several rounds the quickest counts. Each
 * mechanism in a process of its own, whose largest memory is given.
 *
 *     pnpm bench sim engines, or node scripts/run-ts.mjs packages/sim/bench/engines.ts [id ...]
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type IndexParams, type Mechanism, type Params, type State, uniformInt } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import {
  type AnyLatched,
  acceptedDomains,
  declareIndex,
  isLatched,
  LATCH_DRAWS,
  unlatched,
} from '../../mechanisms/test/contract/case.js';
import { makeText } from '../../mechanisms/test/contract/text-shapes.js';
import { type ExactSampler, exactSampler } from '../src/exact/sampler.js';
import { multinomial } from '../src/random/multinomial.js';
import { seededSources } from '../src/seeded.js';

const EPSILON = 1;
const TEXTS = Array.from({ length: 1000 }, (_, i) => `https://www.text-${i}.org`);
const TEXT_SHAPE = { bits: 128, hashes: 1, cohorts: 64 };

/** Milliseconds of a trial of 1e9 installations. */
const TRIAL_GOALS: Readonly<Record<string, number>> = {
  grr: 2,
  oue: 2,
  'projective-geometry': 60,
  'hadamard-response': 60,
};
/** Seconds of a thousand trials of 1e6. */
const THOUSAND_GOALS: Readonly<Record<string, number>> = { grr: 1, oue: 1 };
const THOUSAND_GOAL = 8;

type Row = Readonly<Record<string, string | number>>;

const source = seededSources('bench')('engines');
/** Keeps results observable, so that nothing measured is optimized away. */
let sink = 0;

/** Seconds of CPU time of the quickest round: for a third of a second, after as long to warm up, two at least. */
function secondsPerRound(work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (const isMeasured of [false, true]) {
    for (let spent = 0, rounds = 0; rounds < 2 || spent < 0.3; rounds++) {
      const start = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(start);
      const seconds = (user + system) / 1e6;
      spent += seconds;
      if (isMeasured) best = Math.min(best, seconds);
    }
  }
  return best;
}

const short = (x: number | undefined) => (x === undefined ? '' : Number(x.toPrecision(3)));
const megabytes = () => Math.round(process.resourceUsage().maxRSS / 1024);

interface Subject {
  readonly params: Params;
  readonly texts: readonly string[] | undefined;
  readonly values: number;
  readonly report: (value: number) => unknown;
  readonly estimate: (state: State) => unknown;
}

function subjectOf(mechanism: Mechanism): Subject {
  const { client } = mechanism;
  const isText = mechanism.answers === 'texts';
  // Ordered cells have "no event" after them.
  const sizes = mechanism.answers === 'distribution' ? [1025] : [1024, 64, 2];
  const size = isText ? 0 : (acceptedDomains(mechanism, sizes)[0] as number);
  const params = isText ? makeText(mechanism, EPSILON, TEXT_SHAPE) : declareIndex(mechanism, EPSILON, size);
  const texts = isText ? TEXTS : undefined;
  const held = (value: number) => texts?.[value] ?? value;
  return {
    params,
    texts,
    values: texts?.length ?? size,
    report: isLatched(client) ? latchedReport(client, params, held) : freshReport(client, params, held),
    estimate: (state) => estimateOf(mechanism, params, state),
  };
}

function freshReport(client: Mechanism['client'], params: Params, held: (value: number) => number | string) {
  const { draws } = params;
  const { randomize } = unlatched(client);
  let reuse: unknown;
  return (value: number) => {
    const draw = draws === undefined ? undefined : uniformInt(source, draws);
    reuse = randomize(params, held(value), source, draw, reuse);
    return reuse;
  };
}

/** The first report of an epoch. */
function latchedReport(client: AnyLatched, params: Params, held: (value: number) => number | string) {
  const both = params as Parameters<AnyLatched['latch']>[0];
  let reuse: unknown;
  return (value: number) => {
    const stored = client.latch(both, held(value), uniformInt(source, LATCH_DRAWS), source);
    reuse = client.report(both, stored, source, reuse);
    return reuse;
  };
}

function estimateOf(mechanism: Mechanism, params: Params, state: State): unknown {
  if (mechanism.answers === 'texts') return mechanism.aggregator.texts(params, state, { candidates: TEXTS });
  const overIndices = params as IndexParams;
  if (mechanism.answers === 'frequencies') return mechanism.aggregator.estimate(overIndices, state);
  const amounts = Float64Array.from({ length: overIndices.domainSize - 1 }, (_, cell) => cell);
  return mechanism.aggregator.distribution(overIndices, state, { quantiles: [0.5, 0.75, 0.95], above: [], amounts });
}

/** Trials of a thousand that are run, and multiplied: all of them would tell no more. */
const PART = 5;

function measure(mechanism: Mechanism): Row {
  const { id, aggregator } = mechanism;
  const { params, texts, values, report, estimate } = subjectOf(mechanism);
  const before = megabytes();
  const { law, sample } = exactSampler(mechanism, params, texts) as ExactSampler;
  const shares = Float64Array.from({ length: values }, (_, value) => (value + 1) ** -1.1);
  const draw = (installations: number) => sample(multinomial(source, installations, shares), source);
  const trial = (installations: number) => {
    sink ^= Number(estimate(draw(installations)) === undefined);
  };
  const sampling = secondsPerRound(() => {
    sink ^= draw(1e9).n;
  });
  const large = secondsPerRound(() => trial(1e9));
  const many = (work: (installations: number) => unknown) =>
    secondsPerRound(() => {
      for (let i = 0; i < PART; i++) work(1e6);
    });
  const thousand = (seconds: number) => short((seconds * 1000) / PART) as number;
  const [drawn, estimated] = [many(draw), many(trial)];
  const exact = megabytes();

  // In the order of a population: values that follow one another have nothing to do with each other.
  const holders = Int32Array.from({ length: 2 ** 14 }, () => uniformInt(source, values));
  const counting = aggregator as Pick<typeof aggregator, 'empty'> & { accumulate(...all: unknown[]): void };
  const state = counting.empty(params as never);
  const round = params.reportBytes > 8 ? 2 ** 12 : 2 ** 14;
  const seconds = secondsPerRound(() => {
    for (let i = 0; i < round; i++) counting.accumulate(params, state, report(holders[i] as number));
  });
  sink ^= state.n;
  return {
    mechanism: id,
    values,
    law,
    'clients, M/s': short(round / seconds / 1e6) as number,
    '1e9: sample, ms': short(sampling * 1000) as number,
    'and estimate': short(large * 1000) as number,
    'trials/s': short(1 / large) as number,
    goal: short(TRIAL_GOALS[id]),
    '1,000 of 1e6: sample, s': thousand(drawn),
    'and estimate, s': thousand(estimated),
    'goal, s': THOUSAND_GOALS[id] ?? THOUSAND_GOAL,
    'MB before': before,
    exact,
    clients: megabytes(),
  };
}

/** The argument that says: this mechanism, and in figures. */
const ALONE = '--alone';

function rowOf(id: string): Row {
  const runner = join(import.meta.dirname, '..', '..', '..', 'scripts', 'run-ts.mjs');
  const { stdout, stderr, status } = spawnSync(process.execPath, [runner, script as string, ALONE, id], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the bench of ${id} failed: ${stderr}`);
  return JSON.parse(stdout) as Row;
}

const [, script, first, ...others] = process.argv;
if (first === ALONE) {
  console.log(JSON.stringify(measure(catalogue.get(others[0] ?? '') as Mechanism)));
  if (Number.isNaN(sink)) throw new Error('unreachable');
} else {
  const ids = first === undefined ? [...catalogue.keys()] : [first, ...others];
  console.log(`epsilon ${EPSILON}, one thread, CPU time; M/s: millions of installations a second, seeded coins`);
  console.table(ids.map(rowOf));
}
