import { policy } from '../../policy.js';
import type { Candidate } from '../../predict/candidates.js';
import { predictedAccuracy } from '../accuracy.js';
import type { Task } from '../task.js';

/** The predicted accuracy of a wish at any epsilon and number of reports, from a few that were computed. */
export type AccuracyAt = (epsilon: number, n: number) => number;

/** What stands for an accuracy that is infinite: far from any wish, yet nearer is better. */
const BEYOND = 1e6;

/**
 * Tabled over epsilon and reports, straight between in logarithms: errors are nearly powers of both.
 * @param ceiling - the largest epsilon
 */
export function accuracyTable(task: Task, candidate: Candidate, ceiling: number, clients: number): AccuracyAt {
  const { epsilonSteps, epsilonFrom, clientParts } = policy.plan.table;
  const epsilons = Array.from(
    { length: epsilonSteps },
    (_, i) => epsilonFrom * (ceiling / epsilonFrom) ** (i / (epsilonSteps - 1)),
  );
  const sizes = clientParts.map((part) => Math.max(2, clients * part));
  const wanted = task.wanted ?? 1;
  // Computed when first asked for: of percentiles each takes a good part of a second.
  const logs = new Map<number, number>();
  const logAt = (row: number, column: number): number => {
    const key = row * sizes.length + column;
    const known = logs.get(key);
    if (known !== undefined) return known;
    const n = Math.round(sizes[column] as number);
    const log = Math.log(Math.min(wanted * BEYOND, predictedAccuracy(task, candidate, epsilons[row] as number, n)));
    logs.set(key, log);
    return log;
  };
  const [epsilonAxis, sizeAxis] = [epsilons.map(Math.log), sizes.map(Math.log)];
  return (epsilon, n) => {
    if (!(n >= 1)) return wanted * BEYOND;
    const [i, along] = placeOf(epsilonAxis, Math.log(epsilon));
    const [j, across] = placeOf(sizeAxis, Math.log(n));
    const first = logAt(i, j) * (1 - across) + logAt(i, j + 1) * across;
    const second = logAt(i + 1, j) * (1 - across) + logAt(i + 1, j + 1) * across;
    return Math.exp(first * (1 - along) + second * along);
  };
}

/** The piece of an axis, of rising numbers, that holds x, and how far along; beyond its ends the line goes on. */
function placeOf(axis: readonly number[], x: number): readonly [piece: number, along: number] {
  let piece = 0;
  while (piece < axis.length - 2 && x > (axis[piece + 1] as number)) piece++;
  const [from, to] = [axis[piece] as number, axis[piece + 1] as number];
  return [piece, (x - from) / (to - from)];
}
