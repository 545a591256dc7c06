import type { Answers } from './rules.js';
import type { Part } from './stages.js';

/** Reports of one part that both histories made from the same two answers. */
interface Group {
  readonly a: number;
  readonly b: number;
  size: number;
}

/** Answers numbered from 0, with the class of the value of each. */
interface Joined {
  readonly groups: readonly Group[];
  readonly classesA: readonly number[];
  readonly classesB: readonly number[];
}

/** The least and the largest ln( P[reports | history a] / P[reports | history b] ). */
export interface Losses {
  readonly low: number;
  readonly high: number;
}

/**
 * The extreme losses of one part, over all sequences of reports.
 *
 * Given a history the answers are independent, and given its answer so are the reports made from it. So the chance of a
 * sequence is a product over answers of sum_s P[s stored | value] prod P[report | s]. It depends on how often each symbol came
 * among the reports of each pair of answers, not on their order: these counts are enumerated, for each connected set of answers
 * by itself.
 *
 * @param classes - the class of each value in this part
 * @returns infinite where a sequence is possible under one history alone; undefined where more than `maxOutcomes` sets of counts
 *   would have to be looked at
 */
export function extremeLosses(
  part: Part,
  classes: readonly number[],
  a: Answers,
  b: Answers,
  maxOutcomes: number,
): Losses | undefined {
  const known = new Map<string, Losses>();
  let low = 0;
  let high = 0;
  for (const groups of connected(groupsOf(a, b))) {
    if (outcomesOf(part, groups) > maxOutcomes) return undefined;
    const joined = renumbered(
      groups,
      (answer) => classes[a.values[answer] as number] as number,
      (answer) => classes[b.values[answer] as number] as number,
    );
    const key = JSON.stringify(joined);
    const found = known.get(key) ?? extremes(part, joined);
    known.set(key, found);
    low += found.low;
    high += found.high;
  }
  return { low, high };
}

function groupsOf(a: Answers, b: Answers): readonly Group[] {
  const groups = new Map<string, Group>();
  a.of.forEach((answerA, at) => {
    const answerB = b.of[at] as number;
    const key = `${answerA}/${answerB}`;
    const group = groups.get(key) ?? { a: answerA, b: answerB, size: 0 };
    group.size++;
    groups.set(key, group);
  });
  return [...groups.values()];
}

/** Groups that share an answer, directly or through others. */
function connected(groups: readonly Group[]): readonly (readonly Group[])[] {
  const byA = new Map<number, Group[]>();
  const byB = new Map<number, Group[]>();
  for (const group of groups) {
    byA.set(group.a, [...(byA.get(group.a) ?? []), group]);
    byB.set(group.b, [...(byB.get(group.b) ?? []), group]);
  }
  const seen = new Set<Group>();
  return groups.flatMap((first) => {
    if (seen.has(first)) return [];
    seen.add(first);
    const together = [first];
    for (const group of together) {
      for (const other of [...(byA.get(group.a) ?? []), ...(byB.get(group.b) ?? [])]) {
        if (seen.has(other)) continue;
        seen.add(other);
        together.push(other);
      }
    }
    return [together];
  });
}

function renumbered(
  groups: readonly Group[],
  classA: (answer: number) => number,
  classB: (answer: number) => number,
): Joined {
  const inA = [...new Set(groups.map(({ a }) => a))];
  const inB = [...new Set(groups.map(({ b }) => b))];
  return {
    groups: groups.map(({ a, b, size }) => ({ a: inA.indexOf(a), b: inB.indexOf(b), size })),
    classesA: inA.map(classA),
    classesB: inB.map(classB),
  };
}

function outcomesOf({ instantaneous }: Part, groups: readonly Group[]): number {
  const others = (instantaneous[0]?.length as number) - 1;
  // (size + others choose others) ways to divide a group's reports among the symbols.
  const ways = (size: number) =>
    Array.from({ length: others }, (_, i) => (size + i + 1) / (i + 1)).reduce((product, x) => product * x, 1);
  return groups.reduce((product, { size }) => product * ways(size), 1);
}

function extremes(part: Part, { groups, classesA, classesB }: Joined): Losses {
  const logRows = part.instantaneous.map((row) => row.map(Math.log));
  const options = groups.map(({ size }) => countings(size, logRows));
  let low = 0;
  let high = 0;

  /** @param sumsA, sumsB - for each answer, and what may be stored, ln P[reports | stored] of the groups before `at` */
  const visit = (at: number, sumsA: readonly Float64Array[], sumsB: readonly Float64Array[]): void => {
    const group = groups[at];
    if (group === undefined) {
      const inA = total(part, classesA, sumsA);
      const inB = total(part, classesB, sumsB);
      if (inA === inB) return;
      low = Math.min(low, inA - inB);
      high = Math.max(high, inA - inB);
      return;
    }
    // Written over for each option: what is below has been looked at by then.
    const [intoA, intoB] = [new Float64Array(logRows.length), new Float64Array(logRows.length)];
    const [nextA, nextB] = [sumsA.slice(), sumsB.slice()];
    nextA[group.a] = intoA;
    nextB[group.b] = intoB;
    for (const option of options[at] as readonly Float64Array[]) {
      add(sumsA[group.a] as Float64Array, option, intoA);
      add(sumsB[group.b] as Float64Array, option, intoB);
      visit(at + 1, nextA, nextB);
    }
  };

  const none = (classes: readonly number[]) => classes.map(() => new Float64Array(logRows.length));
  visit(0, none(classesA), none(classesB));
  return { low, high };
}

/** For each way to divide `size` reports among the symbols, and whatever may be stored, ln P[reports | stored]. */
function countings(size: number, logRows: readonly (readonly number[])[]): readonly Float64Array[] {
  const last = (logRows[0]?.length as number) - 1;
  const all: Float64Array[] = [];
  const divide = (symbol: number, left: number, sums: Float64Array): void => {
    // Of what never happens nothing is counted, where no report says it: 0 times minus infinity is no number.
    const added = (count: number) =>
      count === 0 ? sums : sums.map((sum, stored) => sum + count * (logRows[stored]?.[symbol] as number));
    if (symbol === last) {
      all.push(added(left));
      return;
    }
    for (let count = 0; count <= left; count++) divide(symbol + 1, left - count, added(count));
  };
  divide(0, size, new Float64Array(logRows.length));
  return all;
}

function add(sums: Float64Array, more: Float64Array, into: Float64Array): void {
  for (let stored = 0; stored < into.length; stored++) {
    into[stored] = (sums[stored] as number) + (more[stored] as number);
  }
}

/** ln P[reports], the sum over answers of ln sum_s P[s | class] P[reports | s]. */
function total({ permanent }: Part, classes: readonly number[], sums: readonly Float64Array[]): number {
  let all = 0;
  for (let answer = 0; answer < classes.length; answer++) {
    const row = permanent[classes[answer] as number] as readonly number[];
    const sum = sums[answer] as Float64Array;
    let top = Number.NEGATIVE_INFINITY;
    for (let s = 0; s < sum.length; s++) top = Math.max(top, sum[s] as number);
    let mass = 0;
    // Where nothing is possible the logarithm of no mass says so.
    if (top > Number.NEGATIVE_INFINITY) {
      for (let s = 0; s < row.length; s++) mass += (row[s] as number) * Math.exp((sum[s] as number) - top);
    }
    all += top + Math.log(mass);
  }
  return all;
}
