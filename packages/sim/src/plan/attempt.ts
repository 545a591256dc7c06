import {
  amountAt,
  bucketMiddles,
  type FrequencyMechanism,
  type IndexParams,
  type Mechanism,
  type Params,
  type State,
  type WordSource,
} from '@dither/mechanisms';
import { exactSampler } from '../exact/sampler.js';
import { policy } from '../policy.js';
import { truthOf } from '../predict/asked.js';
import type { Candidate } from '../predict/candidates.js';
import { quantityIndex } from '../predict/error.js';
import { wholeHolders, withShare } from '../predict/subject.js';
import { hardestTask } from './hardest.js';
import { chanceSeen, chanceWithin, drawCount, isSeen, isWithin, type OneCount, supportOf } from './one-count.js';
import { labelOf, sharesAt, type Task } from './task.js';
import type { World } from './world.js';

/** One collection of reports in a world, and whether it is as a task promises. */
export interface Attempt {
  /** `marginal`: only the count that the quantity rests on is drawn, from its exact law; `joint`: all of the state is. */
  readonly law: 'joint' | 'marginal';
  readonly about: About;
  /** Draws a collection. */
  isMet(source: WordSource): boolean;
  /** The chance that it is met, where that can be computed. */
  readonly chance?: () => number;
}

/** The very quantity that is looked at: of any share that of one value, of whole installations. */
export interface About {
  readonly label: string;
  readonly truth: number;
}

/** Domains up to here are drawn whole: it costs little, and nothing is then taken from a formula. */
const WHOLE = 64;

/** A percentile counts as known only where its interval is no longer than this part of the range. */
const MOST_TOLD = 0.5;

/** Undefined where the mechanism has no law that can be drawn from. */
export function attemptAt(wished: Task, candidate: Candidate, { epsilon, n, accuracy }: World): Attempt | undefined {
  const { mechanism } = candidate;
  const params = candidate.params(epsilon);
  if (params === undefined) return undefined;
  const task = hardestTask(wished, mechanism, params, n);
  const holders = holdersAt(task, accuracy, n);
  const truth = truthOf(task.asked, task.subject.metric, holders);
  const about = { label: labelOf(task.asked, task.subject), truth };
  const counted =
    mechanism.answers === 'frequencies' ? countedBy(task, mechanism, params as IndexParams, holders, n) : undefined;
  const sampler = exactSampler(mechanism, params, task.subject.texts);
  if (counted !== undefined && (sampler?.law !== 'joint' || holders.length > WHOLE)) {
    return { about, ...attemptOf(task, counted, accuracy), ...chanceOf(task, counted, accuracy) };
  }
  if (sampler === undefined) return undefined;
  const judge = judgeOf(task, mechanism, params, { truth, accuracy });
  return {
    law: sampler.law,
    about,
    isMet: (source) => judge(sampler.sample(holders, source)),
    ...(counted === undefined ? {} : chanceOf(task, counted, accuracy)),
  };
}

/** Of what is to be seen never more than the share: a promise for a share is none for a larger one. */
function holdersAt(task: Task, accuracy: number, n: number): Float64Array {
  const shares = sharesAt(task, accuracy);
  const { kind, asked } = task;
  if (kind === 'within' || asked.of !== 'share') return wholeHolders(shares, n);
  // A rounding error below a whole number is that number.
  const held = Math.floor(accuracy * n * (1 + 1e-12));
  const holders = wholeHolders(withShare(shares, asked.value, 0), n - held);
  holders[asked.value] = held;
  return holders;
}

function countedBy(
  { asked }: Task,
  mechanism: FrequencyMechanism,
  params: IndexParams,
  holders: Float64Array,
  n: number,
): OneCount | undefined {
  if (asked.of !== 'share') return undefined;
  const support = supportOf(mechanism, params, asked);
  return support && { support, n, held: holders[asked.value] as number };
}

function attemptOf({ kind }: Task, counted: OneCount, accuracy: number): Omit<Attempt, 'about'> {
  return {
    law: 'marginal',
    isMet(source) {
      const count = drawCount(counted, source);
      return kind === 'see' ? isSeen(counted, count) : isWithin(counted, count, accuracy);
    },
  };
}

function chanceOf({ kind }: Task, counted: OneCount, accuracy: number): Pick<Attempt, 'chance'> {
  return { chance: () => (kind === 'see' ? chanceSeen(counted) : chanceWithin(counted, accuracy)) };
}

/** What the server says of a state, beside the truth. */
function judgeOf(
  { kind, asked, subject }: Task,
  mechanism: Mechanism,
  params: Params,
  { truth, accuracy }: { readonly truth: number; readonly accuracy: number },
): (state: State) => boolean {
  const isNear = (value: number): boolean => Math.abs(value - truth) <= accuracy;
  const { confidence } = policy;
  switch (mechanism.answers) {
    case 'frequencies': {
      const { aggregator } = mechanism;
      const index = quantityIndex(mechanism, params as IndexParams, asked);
      return (state) => {
        const estimate = aggregator.estimate(params as IndexParams, state, confidence)[index];
        if (estimate === undefined) return false;
        return kind === 'see' ? estimate.low > 0 : isNear(estimate.value);
      };
    }
    case 'distribution': {
      const { aggregator } = mechanism;
      const edges = subject.metric.domain.edges ?? [];
      const { quantile } = asked as Extract<typeof asked, { of: 'quantile' }>;
      const question = { quantiles: [quantile], above: [], amounts: bucketMiddles(edges), confidence };
      return (state) => {
        const [estimate] = aggregator.distribution(params as IndexParams, state, question).quantiles;
        if (estimate === undefined) return false;
        // Where the interval is most of the range hardly anything is told, however lucky the guess in it.
        const isTold = estimate.high - estimate.low <= MOST_TOLD * (edges.length - 1);
        return isTold && isNear(amountAt(edges, estimate.place));
      };
    }
    case 'texts': {
      const { aggregator } = mechanism;
      const candidates = (subject.texts ?? []).slice(1);
      const { value } = asked as Extract<typeof asked, { of: 'share' }>;
      return (state) => {
        const estimate = aggregator.texts(params, state, { candidates, confidence }).texts[value - 1];
        if (estimate === undefined) return false;
        return kind === 'see' ? estimate.isDetected : isNear(estimate.value);
      };
    }
  }
}
