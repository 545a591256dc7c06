import { secureSource } from '@dither/mechanisms';
import type { Kind } from '@dither/protocol';
import { policy as registryPolicy } from '@dither/protocol';
import { loadRegistry } from '@dither/protocol/node';
import { SimError } from '../errors.js';
import { readText } from '../files.js';
import { whole } from '../format.js';
import type { Io } from '../io.js';
import type { Run } from '../plan/measure.js';
import { nearestTo } from '../plan/nearest.js';
import { wishPage } from '../plan/page.js';
import { parseWish, type RefuseWish } from '../plan/parse-wish.js';
import { ceilingOf } from '../plan/person.js';
import { planWish } from '../plan/plan-wish.js';
import { type Problem, UNEXPLAINED } from '../plan/problem.js';
import { registryPage } from '../plan/registry/page.js';
import { planRegistry } from '../plan/registry/plan-registry.js';
import { registryReport } from '../plan/registry/report.js';
import { readWishes } from '../plan/registry/wishes-file.js';
import { type WishReport, wishReport } from '../plan/report.js';
import { type Task, taskOf } from '../plan/task.js';
import type { Wish } from '../plan/wish.js';
import { policy } from '../policy.js';
import { candidatesFor } from '../predict/candidates.js';
import { openShares, openSubject, subjectArguments } from '../predict/open-subject.js';
import { freshSeed, type Sources, seededSources } from '../seeded.js';
import { commonArguments, defineCommand, type Given, sameAgain, wholeNumber } from './command.js';
import { finish } from './finish.js';
import { someNumber } from './numbers.js';

type Name =
  | 'wish'
  | 'wishes'
  | 'clients'
  | 'epsilon'
  | 'share'
  | 'mechanisms'
  | 'bytes'
  | keyof typeof subjectArguments
  | keyof typeof commonArguments;

export const plan = defineCommand<Name>({
  meta: {
    name: 'plan',
    summary: 'the epsilon, the installations or the accuracy that a wish comes to',
    detail: [
      'Says of a wish what is missing: with --clients the smallest epsilon, with --epsilon how many installations it takes, with',
      'both how near it comes. Every mechanism that fits is tried; the answer is verified by simulation before it is printed.',
      '',
      'A wish is one of',
      '  see WORDS 0.5%              such as "see a feature used by 0.5%"',
      '  p75 within 5%               of the truth; also median, and "within 100 ms"',
      '  mean within 2               of a count',
      '  share of NAME within 1 point, any share within 1 point, crash rate within 0.1 points (any words before "rate")',
      'and may end in ", 19 times of 20", which it means unless told. Without its number it asks for that. "Any share" is that of',
      'the value that is known least, each on its own.',
      '--wishes FILE has those of a whole registry, { "wishes": [{ "metric": ID, "wish": TEXT, "weight": 2, "share": .1 }] }: the',
      'budget of a person is given to the metrics so that all are met at the least cost, or as nearly as their weights say.',
      '',
      'Exits with 0; with 1 if a wish is impossible or the answer is not verified; with 2 if the input is refused.',
    ].join('\n'),
  },
  args: {
    wish: { value: 'TEXT', summary: 'what you want to know, and how well' },
    wishes: { value: 'FILE', summary: 'wishes for the metrics of a registry, in JSON; in place of --wish' },
    clients: { value: 'N', summary: 'installations that report; with --wishes what the registry expects unless told' },
    epsilon: { value: 'E', summary: 'of one report' },
    share: {
      value: 'SHARE',
      summary: 'the true share in question, where it is known better than the population says: .02',
    },
    mechanisms: { value: 'ID,...', summary: 'tries these alone' },
    bytes: { value: 'N', summary: 'the most bytes that a report may have' },
    ...subjectArguments,
    ...commonArguments,
  },
  async run(given, io) {
    return given.wishes === undefined ? runWish(given, io) : runWishes(given, io);
  },
});

async function runWish(given: Given<Name>, io: Io): Promise<number> {
  const report = await planned(given, io);
  const code = await finish(report, wishPage(report), given, io);
  return code === 0 && (report.answer?.verification?.isPassed !== true || report.isMet === false) ? 1 : code;
}

async function runWishes(given: Given<Name>, io: Io): Promise<number> {
  const superfluous = ALONE.find((name) => given[name] !== undefined);
  if (superfluous !== undefined) throw new SimError('argument-invalid', `--${superfluous} is for a single --wish`);
  if (given.registry === undefined) throw new SimError('argument-missing', '--wishes FILE needs --registry FILE');
  const { seed, sources } = seedOf(given);
  const file = String(given.wishes);
  const registry = await loadRegistry(String(given.registry));
  const wishes = readWishes(file, await readText(file), registry);
  const population = await openShares(given, registry, sources('events'), io);
  const found = await planRegistry(
    registry,
    population,
    wishes,
    clientsOf(given) ?? registry.expectedClients,
    runOf(given, sources, io),
  );
  if (io.isTerminal) io.note(CLEARED);
  const report = registryReport({
    found,
    population,
    seed,
    arguments: sameAgain('plan', given, seed),
    isPartial: io.stop.aborted,
  });
  const code = await finish(report, registryPage(report), given, io);
  return code === 0 && !report.isMet ? 1 : code;
}

/** Arguments of a single wish, which says less than a registry does. */
const ALONE = [
  'wish',
  'metric',
  'epsilon',
  'share',
  'mechanisms',
  'bytes',
  'kind',
  'values',
  'clamp',
  'buckets',
  'range',
  'period',
] as const;

/** Back to the start of the line, and clear it. */
const CLEARED = '\r\x1b[K';

function seedOf(given: Given<'seed'>): { readonly seed: string; readonly sources: Sources } {
  const seed = given.seed === undefined ? freshSeed(secureSource(globalThis.crypto)) : String(given.seed);
  return { seed, sources: seededSources(seed) };
}

function runOf(given: Given<'quick'>, sources: Sources, io: Io): Run {
  return {
    sources,
    stop: io.stop,
    onRepetition: spinner(io),
    effort: given.quick ? policy.plan.effort.quick : policy.plan.effort.full,
  };
}

async function planned(given: Given<Name>, io: Io): Promise<WishReport> {
  const { seed, sources } = seedOf(given);
  const { wish, refuse } = wishOf(given);
  const subject = await openSubject(given, assumedKind(wish), sources('events'), io);
  const task = taskOf(wish, subject, { share: shareOf(given) }, refuse);
  const ceiling = ceilingOf(subject.metric.period, subject.budget);
  const problem = problemOf(given, task, ceiling.epsilon);
  const candidates = candidatesFor(subject.metric, task.question, {
    ...(given.mechanisms === undefined ? {} : { mechanisms: String(given.mechanisms).split(',') }),
    ...(given.bytes === undefined
      ? {}
      : { maxBytes: wholeNumber('bytes', given.bytes, registryPolicy.maxBatchBytes) ?? 1 }),
  });

  const run = runOf(given, sources, io);
  const found = await planWish(problem, candidates, run);
  // Beside the answer: with less ado.
  const nearest = await nearestTo(problem, found, candidates, { ...run, effort: policy.plan.effort.quick });
  if (io.isTerminal) io.note(CLEARED);
  return wishReport({
    arguments: sameAgain('plan', given, seed),
    problem,
    ceilingReason: ceiling.reason,
    plan: found,
    nearest,
    seed,
    isPartial: io.stop.aborted,
    isQuick: given.quick === true,
  });
}

/** How many repetitions there will be is not known before. */
function spinner({ note, isTerminal, now }: Io): () => void {
  let repetitions = 0;
  let last = now();
  return () => {
    repetitions++;
    if (!isTerminal || now() - last < policy.progressMs) return;
    last = now();
    note(`\r${whole(repetitions)} repetitions\x1b[K`);
  };
}

function wishOf({ wish: text }: Given<'wish'>): { readonly wish: Wish; readonly refuse: RefuseWish } {
  if (typeof text !== 'string')
    throw new SimError('argument-missing', '--wish TEXT is needed, such as "p75 within 5%"');
  const refuse =
    (code: 'wish-malformed' | 'wish-unfit'): RefuseWish =>
    (offset, expected) => {
      throw new SimError(code, expected, { file: '--wish', line: 1, column: offset + 1 });
    };
  return { wish: parseWish(text, refuse('wish-malformed')), refuse: refuse('wish-unfit') };
}

/** What a wish is about where nobody says: the kind of metric that it is usual for. */
function assumedKind({ goal }: Wish): Kind {
  if (goal.kind === 'see') return 'boolean';
  switch (goal.quantity.name) {
    case 'quantile':
      return 'timing';
    case 'mean':
      return 'count';
    case 'share':
      return 'boolean';
  }
}

function shareOf(given: Given<'share'>): number | undefined {
  return someNumber('share', given.share, 'a share above 0 and below 1', (x) => x > 0 && x < 1);
}

function clientsOf(given: Given<'clients'>): number | undefined {
  const { fewestClients, mostClients } = policy.plan;
  const isCount = (n: number): boolean => Number.isInteger(n) && n >= fewestClients && n <= mostClients;
  return someNumber('clients', given.clients, `a whole number from ${fewestClients} to ${mostClients}`, isCount);
}

function problemOf(given: Given<Name>, task: Task, ceiling: number): Problem {
  const n = clientsOf(given);
  const isEpsilon = (x: number): boolean => x >= policy.plan.leastEpsilon && x <= ceiling;
  const epsilon = someNumber(
    'epsilon',
    given.epsilon,
    `a number from ${policy.plan.leastEpsilon} to ${ceiling}`,
    isEpsilon,
  );
  if (epsilon === undefined && n === undefined) {
    throw new SimError('argument-missing', 'what is known: --clients N, or --epsilon E, or both');
  }
  if (task.wanted === undefined && (epsilon === undefined || n === undefined)) {
    throw new SimError(
      'argument-missing',
      'a wish without a number asks for that: both --clients and --epsilon are needed',
    );
  }
  return {
    task,
    unknown: epsilon === undefined ? 'epsilon' : n === undefined ? 'clients' : 'accuracy',
    known: {
      epsilon: epsilon ?? Math.min(ceiling, UNEXPLAINED),
      n: n ?? policy.plan.fewestClients,
      accuracy: task.wanted ?? 0,
    },
    ceiling,
  };
}
