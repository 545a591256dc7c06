import { policy } from '../policy.js';
import type { Candidate } from '../predict/candidates.js';
import type { Measured, Run } from './measure.js';
import { type Problem, predictedUnknown } from './problem.js';
import { type Solution, solve } from './solve.js';
import { isFarOff, onSpikes } from './spikes.js';

/** A mechanism, what it needs by prediction, and what became of it. */
export interface Tried {
  readonly candidate: Candidate;
  readonly reportBytes: number;
  /** Undefined where the wish is beyond it. */
  readonly predicted: number | undefined;
  /** Where it was simulated. */
  readonly found?: number;
  /** As of a solution. */
  readonly spiky?: Measured;
  readonly reason: string;
}

export interface WishPlan {
  /** Undefined where the wish is impossible. */
  readonly solution: Solution | undefined;
  /** Best first. */
  readonly tried: readonly Tried[];
}

/**
 * The mechanism that needs least of the unknown: the best few by prediction are simulated, until the next one would need more
 * by prediction than the best of those by simulation.
 */
export async function planWish(problem: Problem, candidates: readonly Candidate[], run: Run): Promise<WishPlan> {
  const ranked = rankedByPrediction(problem, candidates);
  const found = new Map<Candidate, Solution | undefined>();
  const most = problem.task.question === 'texts' ? policy.plan.triedTexts : policy.plan.tried;
  let best: Solution | undefined;
  let farOff: Solution | undefined;
  for (const { candidate, predicted } of ranked) {
    const isWorse = best !== undefined && predicted !== undefined && !isLess(predicted, best.found);
    if (predicted === undefined || isWorse || run.stop.aborted) break;
    const solution = await robustly(problem, await solve(problem, candidate, predicted, run), run);
    found.set(candidate, solution);
    if (solution === undefined) continue;
    if (isFragile(solution)) farOff ??= solution;
    else if (best === undefined || isLess(solution.found, best.found)) best = solution;
    if (found.size >= most && best !== undefined) break;
  }
  // What holds on a curve alone is better than nothing.
  best ??= farOff;
  const tried = ranked.map((one) => told(one, found, best));
  const chosen = tried.filter(({ candidate }) => candidate === best?.candidate);
  return { solution: best, tried: [...chosen, ...tried.filter((one) => !chosen.includes(one))] };
}

/** A solution with how it does on spikes, where the population was assumed. */
async function robustly(problem: Problem, solution: Solution | undefined, run: Run): Promise<Solution | undefined> {
  if (solution === undefined) return undefined;
  const spiky = await onSpikes(problem.task, solution, run);
  return spiky === undefined ? solution : { ...solution, spiky };
}

function isFragile({ spiky }: Solution): boolean {
  return spiky !== undefined && isFarOff(spiky);
}

/** Noticeably: what is within 1% is the same, and stands in the order of bytes. */
function isLess(needs: number, other: number): boolean {
  return needs * (1 + policy.plan.same) < other;
}

type Ranked = Omit<Tried, 'reason' | 'found' | 'spiky'>;

/** Least first; of those within 1% of the least, the fewest bytes. */
function rankedByPrediction(problem: Problem, candidates: readonly Candidate[]): readonly Ranked[] {
  const all = candidates
    .map((candidate): Ranked => {
      const predicted = predictedUnknown(problem, candidate);
      const params = candidate.params(
        predicted !== undefined && problem.unknown === 'epsilon' ? predicted : problem.known.epsilon,
      );
      return { candidate, predicted, reportBytes: params?.reportBytes ?? Number.NaN };
    })
    .filter(({ reportBytes }) => !Number.isNaN(reportBytes))
    .sort(
      (a, b) =>
        (a.predicted ?? Number.POSITIVE_INFINITY) - (b.predicted ?? Number.POSITIVE_INFINITY) ||
        a.reportBytes - b.reportBytes,
    );
  const least = all[0]?.predicted ?? Number.NaN;
  const isBest = ({ predicted = Number.POSITIVE_INFINITY }: Ranked): boolean =>
    predicted <= least * (1 + policy.plan.same);
  return [...all.filter(isBest).sort((a, b) => a.reportBytes - b.reportBytes), ...all.filter((one) => !isBest(one))];
}

function told(one: Ranked, found: ReadonlyMap<Candidate, Solution | undefined>, best: Solution | undefined): Tried {
  const own = found.get(one.candidate);
  return {
    ...one,
    ...(own === undefined ? {} : { found: own.found }),
    ...(own?.spiky === undefined ? {} : { spiky: own.spiky }),
    reason: reasonOf(one, found, best),
  };
}

function reasonOf(
  { candidate, predicted, reportBytes }: Ranked,
  found: ReadonlyMap<Candidate, Solution | undefined>,
  best: Solution | undefined,
): string {
  if (predicted === undefined) return 'beyond it, by prediction';
  if (best === undefined) return found.has(candidate) ? 'beyond it, by simulation' : 'not simulated';
  const own = found.get(candidate);
  if (candidate === best.candidate && !isFragile(best) && [...found.values()].some((one) => one && isFragile(one)))
    return 'needs least of those that are right of spikes too';
  if (candidate === best.candidate) return found.size === 1 ? 'needs least by prediction' : 'needs least by simulation';
  if (found.has(candidate) && own === undefined) return 'cannot be verified, or is beyond it by simulation';
  if (own?.spiky !== undefined && isFarOff(own.spiky))
    return `far off where numbers lie in a few spikes: kept in ${own.spiky.met} of ${own.spiky.repetitions}`;
  const [needs, how] =
    own === undefined ? [predicted / best.predicted, 'by prediction'] : [own.found / best.found, 'by simulation'];
  const bestBytes = best.candidate.params(best.world.epsilon)?.reportBytes ?? Number.NaN;
  if (Math.abs(needs - 1) <= policy.plan.same)
    return reportBytes > bestBytes ? 'needs no less, for more bytes' : 'needs no less';
  return `needs ${needs.toFixed(2)} times as much, ${how}`;
}
