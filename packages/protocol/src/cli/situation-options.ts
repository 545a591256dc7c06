import { MechanismError } from '@dither/mechanisms';
import type { Question, Situation } from '@dither/mechanisms/advise';
import { mechanismsOf } from '../registry/kinds.js';
import type { Kind } from '../registry/metric.js';
import { type Args, numberOf, UsageError } from './command.js';

/** The option that says how many values a kind has, and what to add for "no event". */
const SIZES: { readonly [kind in Kind]: readonly [option: string | undefined, added: number] } = {
  boolean: [undefined, 2],
  category: ['values', 1],
  count: ['clamp', 1],
  timing: ['buckets', 1],
  quantity: ['buckets', 1],
  text: [undefined, 0],
};

const QUESTIONS: { readonly [kind in Kind]: Question } = {
  boolean: 'shares',
  category: 'shares',
  count: 'mean',
  timing: 'quantiles',
  quantity: 'quantiles',
  text: 'texts',
};

/** Cohorts of a text unless told. */
const COHORTS = 64;

/** The situation of a metric that nobody has declared yet. @throws UsageError */
export function situationFrom(options: Args['options']): { readonly kind: Kind; readonly situation: Situation } {
  const kind = kindOf(options);
  const infinity = numberOf(options, 'epsilon-infinity');
  const maxBytes = numberOf(options, 'bytes');
  const common = {
    epsilon: needed(options, 'epsilon'),
    n: needed(options, 'clients'),
    among: mechanismsOf(kind),
    ...(maxBytes !== undefined && { maxBytes }),
    ...(infinity !== undefined && { latch: { epsilonInfinity: infinity, reports: needed(options, 'reports') } }),
  };
  // Percentiles have no mechanism of two stages: of a latched number its histogram can be had.
  const asked = QUESTIONS[kind];
  const question = asked === 'quantiles' && infinity !== undefined ? 'shares' : asked;
  if (question === 'texts') return { kind, situation: { question, cohorts: cohortsOf(options), ...common } };
  const [size, added] = SIZES[kind];
  const domainSize = (size === undefined ? 0 : needed(options, size)) + added;
  return { kind, situation: { question, domainSize, ...common } };
}

function kindOf({ kind }: Args['options']): Kind {
  if (typeof kind === 'string' && Object.hasOwn(SIZES, kind)) return kind as Kind;
  throw new UsageError(`a file, or --kind ${Object.keys(SIZES).join(' | ')}`);
}

function cohortsOf(options: Args['options']): number {
  return numberOf(options, 'cohorts') ?? COHORTS;
}

function needed(options: Args['options'], name: string): number {
  const number = numberOf(options, name);
  if (number === undefined) throw new UsageError(`--${name} is needed`);
  return number;
}

/** What makes every mechanism refuse was said on the command line. @throws UsageError */
export function asUsage<T>(ranked: () => T): T {
  try {
    return ranked();
  } catch (error) {
    if (error instanceof MechanismError) throw new UsageError(error.message);
    throw error;
  }
}
