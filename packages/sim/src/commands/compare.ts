import { secureSource } from '@dither/mechanisms';
import { policy as registryPolicy } from '@dither/protocol';
import { askedOf, questionOf } from '../compare/asked.js';
import { advisedAll, type Comparison, compareAll } from '../compare/compare.js';
import { comparePage } from '../compare/page.js';
import { type CompareReport, compareReport } from '../compare/report.js';
import { SimError } from '../errors.js';
import type { Io } from '../io.js';
import { policy } from '../policy.js';
import { candidatesFor } from '../predict/candidates.js';
import { openSubject, subjectArguments } from '../predict/open-subject.js';
import { progress } from '../progress.js';
import { freshSeed, seededSources } from '../seeded.js';
import { commonArguments, defineCommand, type Given, sameAgain, wholeNumber } from './command.js';
import { finish } from './finish.js';
import { someNumbers } from './numbers.js';

type Name =
  | 'epsilons'
  | 'clients'
  | 'mechanisms'
  | 'bytes'
  | 'repetitions'
  | keyof typeof subjectArguments
  | keyof typeof commonArguments;

export const compare = defineCommand<Name>({
  meta: {
    name: 'compare',
    summary: 'mechanisms, epsilons and numbers of installations side by side',
    detail: [
      'Of one metric and population: the error of every mechanism that fits, measured beside predicted, the bytes of a report,',
      'what a person gives, and what advise would choose and why. Measured by drawing from the exact law of the counts; where',
      'there is none by making the reports, if they are few, else predicted alone; the table says which.',
    ].join('\n'),
  },
  args: {
    ...subjectArguments,
    epsilons: { value: 'E,...', summary: `of one report; ${policy.compare.epsilons.join(',')} unless told` },
    clients: { value: 'N,...', summary: `installations; ${policy.compare.clients.join(',')} unless told` },
    mechanisms: { value: 'ID,...', summary: 'these alone' },
    bytes: { value: 'N', summary: 'the most bytes that a report may have' },
    repetitions: { value: 'R', summary: 'of each; as many as make an error right to 3 to 6% unless told' },
    ...commonArguments,
  },
  async run(given, io) {
    const report = await comparedAll(given, io);
    return finish(report, comparePage(report), given, io);
  },
});

async function comparedAll(given: Given<Name>, io: Io): Promise<CompareReport> {
  const seed = given.seed === undefined ? freshSeed(secureSource(globalThis.crypto)) : String(given.seed);
  const sources = seededSources(seed);
  const subject = await openSubject(given, undefined, sources('events'), io);
  const question = questionOf(subject);
  const asked = askedOf(subject, question);
  const candidates = candidatesFor(subject.metric, question, {
    ...(given.mechanisms === undefined ? {} : { mechanisms: String(given.mechanisms).split(',') }),
    ...(given.bytes === undefined
      ? {}
      : { maxBytes: wholeNumber('bytes', given.bytes, registryPolicy.maxBatchBytes) ?? 1 }),
  });
  const grid = gridOf(given);
  const comparison: Comparison = {
    subject,
    question,
    asked,
    candidates,
    ...grid,
    advisedClients: given.quick ? [Math.max(...grid.clients)] : grid.clients,
    repetitions:
      wholeNumber('repetitions', given.repetitions, policy.maxRepetitions) ?? repetitionsFor(given, asked.length),
  };
  const { epsilons, clients, repetitions } = comparison;
  const cells = candidates.length * epsilons.length * clients.length;
  if (cells > policy.compare.mostCells) {
    throw new SimError('argument-invalid', `at most ${policy.compare.mostCells} mechanisms x epsilons x installations`);
  }

  const bar = progress(cells * repetitions, 'repetitions', io);
  let done = 0;
  const onRepetition = (): void => bar.update(++done);
  const compared = await compareAll(comparison, { sources, stop: io.stop, onRepetition });
  bar.end();
  return compareReport({
    comparison,
    compared,
    advised: advisedAll(comparison),
    seed,
    arguments: sameAgain('compare', given, seed),
    isPartial: io.stop.aborted,
  });
}

function gridOf(given: Given<'epsilons' | 'clients' | 'quick'>): Pick<Comparison, 'epsilons' | 'clients'> {
  const { maxEpsilon } = registryPolicy;
  const { leastEpsilon, mostClients } = policy.plan;
  const isEpsilon = (x: number): boolean => x >= leastEpsilon && x <= maxEpsilon;
  const isCount = (n: number): boolean => Number.isInteger(n) && n >= 1 && n <= mostClients;
  return {
    epsilons:
      someNumbers('epsilons', given.epsilons, `a number from ${leastEpsilon} to ${maxEpsilon}`, isEpsilon) ??
      policy.compare.epsilons,
    clients:
      someNumbers('clients', given.clients, `a whole number from 1 to ${mostClients}`, isCount) ??
      (given.quick ? policy.compare.quickClients : policy.compare.clients),
  };
}

function repetitionsFor(given: Given<'quick'>, quantities: number): number {
  const { errors, fewestRepetitions } = policy.compare;
  const effort = given.quick ? 'quick' : 'full';
  return Math.max(fewestRepetitions[effort], Math.ceil(errors[effort] / quantities));
}
