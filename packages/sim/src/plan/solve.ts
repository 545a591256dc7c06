import { type CoverageTest, coverageTest } from '../coverage.js';
import { policy } from '../policy.js';
import type { Candidate } from '../predict/candidates.js';
import { predictedAccuracy, steepness } from './accuracy.js';
import { type About, type Attempt, attemptAt } from './attempt.js';
import { type Measured, measure, type Run, repetitionsFor } from './measure.js';
import { offsetError, offsetOf } from './offset.js';
import { limitsOf, nextAfter, type Problem, rounded, worldAt } from './problem.js';
import type { World } from './world.js';

/** The unknown of a problem with one mechanism, found and verified. */
export interface Solution {
  readonly candidate: Candidate;
  readonly world: World;
  /** By prediction alone. */
  readonly predicted: number;
  readonly found: number;
  readonly law: Attempt['law'];
  readonly about: About;
  /** Undefined where it was stopped before. */
  readonly verification: CoverageTest | undefined;
  /** Where the population was assumed: how often the promise is kept if numbers lie in a few spikes. */
  readonly spiky?: Measured;
}

/** A step of a search goes no further than this factor: far away a prediction says little. */
const STRIDE = 2;
/** A prediction that is further off than so many of them is left to the raises. */
const MOST_STRIDES = 8;

/** What fails its verification is raised by a little, as it was nearly enough; what fails again and again by more. */
const RAISES = [0.03, 0.03, 0.03, 0.06, 0.06, 0.12, 0.12] as const;
const FURTHER = 0.25;
const MOST_RAISES = 20;

/**
 * The smallest unknown with which the promise is kept: from the predicted one by simulation, or, where the chance can be
 * computed, by bisection; rounded up; then verified on fresh coins by the binomial test, and raised until that does not
 * refuse it. Where the chance cannot be computed it is raised, too, until it is kept as often as promised but for a standard
 * error: few repetitions refuse little. Undefined where it lies beyond its limits, or where the mechanism cannot be simulated.
 */
export async function solve(
  problem: Problem,
  candidate: Candidate,
  predicted: number,
  run: Run,
): Promise<Solution | undefined> {
  const attempt = (x: number): Attempt | undefined => attemptAt(problem.task, candidate, worldAt(problem, x));
  const start = withinLimits(problem, rounded(problem, predicted));
  const first = attempt(start);
  if (first === undefined) return undefined;
  const searched =
    first.chance === undefined
      ? await bySimulation(problem, candidate, start, attempt, run)
      : byChance(problem, start, (x) => attempt(x)?.chance?.() ?? 0);
  const most = limitsOf(problem)[1];
  let found = rounded(problem, searched);
  for (let raise = 0; raise < MOST_RAISES && found <= most; raise++) {
    const verification = await verify(problem, candidate, found, run);
    const isEnough = first.chance === undefined ? isNearlyKept : isNotRefused;
    if (verification === undefined || isEnough(verification)) {
      const world = worldAt(problem, found);
      const about = attempt(found)?.about ?? first.about;
      return { candidate, world, predicted, found, law: first.law, about, verification };
    }
    found = rounded(problem, Math.max(found * (1 + (RAISES[raise] ?? FURTHER)), nextAfter(problem, found)));
  }
  return undefined;
}

function isNotRefused({ isPassed }: CoverageTest): boolean {
  return isPassed;
}

function isNearlyKept({ isPassed, covered, trials, promised }: CoverageTest): boolean {
  return isPassed && covered / trials >= promised - Math.sqrt((promised * (1 - promised)) / trials);
}

function withinLimits(problem: Problem, x: number): number {
  const [least, most] = limitsOf(problem);
  return Math.min(most, Math.max(least, x));
}

/**
 * The binomial test of the promise, on coins that the search has not seen; undefined where it was stopped, or where the
 * mechanism cannot be simulated.
 */
export async function verify(
  problem: Problem,
  candidate: Candidate,
  x: number,
  run: Run,
): Promise<CoverageTest | undefined> {
  const { task } = problem;
  const attempt = attemptAt(task, candidate, worldAt(problem, x));
  if (attempt === undefined) return undefined;
  const { verify: repetitions } = repetitionsFor(run.effort, task.question);
  const { met } = await measure(attempt, repetitions, 'verification', run);
  return run.stop.aborted
    ? undefined
    : coverageTest(met, repetitions, { promised: task.chance, alpha: policy.plan.alpha });
}

/** Relative width of the last bracket of a bisection. */
const NARROW = 1e-5;

/** First a bracket around the prediction, then bisection; the upper end. */
function byChance(problem: Problem, start: number, chanceAt: (x: number) => number): number {
  const { chance } = problem.task;
  const [least, most] = limitsOf(problem);
  let [low, high] = [start, start];
  for (let factor = 1.05; chanceAt(high) < chance; factor *= factor) {
    if (high >= most) return Number.POSITIVE_INFINITY;
    low = high;
    high = Math.min(most, high * factor);
  }
  for (let factor = 1.05; low === high || chanceAt(low) >= chance; factor *= factor) {
    if (low <= least) return low;
    high = low;
    low = Math.max(least, low / factor);
  }
  while (high / low > 1 + NARROW) {
    const middle = Math.sqrt(low * high);
    if (chanceAt(middle) >= chance) high = middle;
    else low = middle;
  }
  let printed = rounded(problem, high);
  // The chance rises in small steps up and down: what is printed is looked at as it is.
  while (chanceAt(printed) < chance && printed < most) printed = nextAfter(problem, printed);
  return printed;
}

/** What was measured at a point: by how many normal deviates the promise is more than kept, `offsetOf`. */
interface Point {
  readonly at: number;
  readonly deviate: number;
}

/**
 * Ever longer simulations, each where those before it, with the slope that is predicted, put the answer. After the last one
 * the promise is to be kept by one standard error more than it must be: that is what it may be mistaken by.
 */
async function bySimulation(
  problem: Problem,
  candidate: Candidate,
  start: number,
  attempt: (x: number) => Attempt | undefined,
  run: Run,
): Promise<number> {
  const { task } = problem;
  const [least, most] = limitsOf(problem);
  const clamped = (at: number): number => Math.min(Math.log(most), Math.max(Math.log(least), at));
  const slope = steepness(task) * elasticity(problem, candidate, start);
  const { steps } = repetitionsFor(run.effort, task.question);
  let at = Math.log(start);
  let below: Point | undefined;
  let above: Point | undefined;
  for (let [step, strides] = [0, 0]; step < steps.length; ) {
    const repetitions = steps[step] as number;
    const tried = attempt(Math.exp(at));
    if (tried === undefined) break;
    const measured = await measure(tried, repetitions, 'search', run);
    if (run.stop.aborted) break;
    const margin = step === steps.length - 1 ? offsetError(repetitions, task.chance) : 0;
    const deviate = offsetOf(measured, task.chance) - margin;
    const point = { at, deviate };
    if (deviate < 0) below = point;
    else above = point;
    at = clamped(at + Math.max(-Math.log(STRIDE), Math.min(Math.log(STRIDE), stepFrom(point, below, above, slope))));
    // Far from the answer a step is taken again: the last ones are for what is near.
    const isFar = measured.met < repetitions / 2 && at !== point.at && step < steps.length - 1;
    if (isFar && strides < MOST_STRIDES) strides++;
    else step++;
  }
  return Math.exp(at);
}

/** How far to go from the last point: to where a line through both sides, or one of the predicted slope, crosses zero. */
function stepFrom({ at, deviate }: Point, below: Point | undefined, above: Point | undefined, slope: number): number {
  const own = -deviate / slope;
  if (below === undefined || above === undefined || above.at <= below.at) return own;
  const between = above.at - below.at;
  const line = below.at + (between * -below.deviate) / (above.deviate - below.deviate) - at;
  // Far brackets say less than the slope.
  return between > Math.log(1.3) ? own : line;
}

const NUDGE = 1.1;
const LEAST_ELASTICITY = 0.2;
/** At epsilon 8 that of a binary answer. Where a lucky guess is taken for an answer a prediction falls as if it were a cliff. */
const MOST_ELASTICITY = 4;

/** By what power of the unknown the predicted accuracy falls. */
function elasticity(problem: Problem, candidate: Candidate, x: number): number {
  if (problem.unknown === 'accuracy') return 1;
  const accuracyAt = (at: number): number => {
    const { epsilon, n } = worldAt(problem, at);
    return predictedAccuracy(problem.task, candidate, epsilon, n);
  };
  const power = Math.log(accuracyAt(x / NUDGE) / accuracyAt(x)) / Math.log(NUDGE);
  return Number.isFinite(power) ? Math.min(MOST_ELASTICITY, Math.max(LEAST_ELASTICITY, power)) : 1;
}
