import { answersTo, type Rule } from './rules.js';
import { partsOf, type Stages } from './stages.js';
import { extremeLosses } from './worst.js';

/** How an installation reports: by which stages, and how many reports make an epoch. */
export interface Setting {
  readonly stages: Stages;
  readonly rule: Rule;
  readonly reports: number;
}

export interface Loss {
  readonly epsilon: number;
  /** Otherwise it is at least this: the worst of the sequences of reports that were looked at. */
  readonly isExact: boolean;
}

/**
 * What reports tell of two histories: the largest |ln| of the ratio of their chances, over all sequences of reports. Parts of a
 * report are independent given the history, so theirs add up.
 *
 * @param a, b - the value at each report; values are numbered from 0 on, and have no cell or bit in common
 * @param maxOutcomes - sets of counts to be looked at; beyond it only the values' own cells are (`partsOf`)
 */
export function lossBetween(
  { stages, rule, reports }: Setting,
  a: readonly number[],
  b: readonly number[],
  maxOutcomes: number,
): Loss {
  const held = Math.max(...a, ...b) + 1;
  const [answersA, answersB] = [answersTo(rule, a, reports), answersTo(rule, b, reports)];

  const among = (isWhole: boolean, limit: number): number | undefined => {
    let low = 0;
    let high = 0;
    for (const { part, count, classes } of partsOf(stages, held, isWhole)) {
      const losses = extremeLosses(part, classes, answersA, answersB, limit);
      if (losses === undefined) return undefined;
      low += count * losses.low;
      high += count * losses.high;
    }
    return Math.max(high, -low);
  };

  const whole = stages.shape === 'bits' || stages.cells <= MOST_CELLS ? among(true, maxOutcomes) : undefined;
  if (whole !== undefined) return { epsilon: whole, isExact: true };
  return { epsilon: among(false, Number.POSITIVE_INFINITY) as number, isExact: false };
}

/** Beyond it the sets of counts of a few reports are too many already. */
const MOST_CELLS = 8;

/** A value that never changes, and one that changes half-way, `periods` reports each. */
export function changedHalfway(periods: number): readonly [constant: readonly number[], changed: readonly number[]] {
  const half = Math.floor(periods / 2);
  const each = Array.from({ length: periods }, (_, at) => at);
  return [each.map(() => 0), each.map((at) => (at < half ? 0 : 1))];
}

/** Two values, neither of which changes. */
export function neverChanged(periods: number): readonly [readonly number[], readonly number[]] {
  return [new Array<number>(periods).fill(0), new Array<number>(periods).fill(1)];
}

/** The pair of histories that is told apart best. */
export interface WorstPair {
  readonly epsilon: number;
  readonly a: readonly number[];
  readonly b: readonly number[];
}

/**
 * The worst of all pairs of histories of `periods` reports over `held` values, under the memo rule. Which answer a report is made
 * from does not depend on its place then: only how often each pair of values occurs counts.
 */
export function worstMemoPair(stages: Stages, periods: number, held: number): WorstPair {
  const setting: Setting = { stages, rule: 'memo', reports: periods };
  let worst: WorstPair = { epsilon: 0, a: [], b: [] };
  for (const table of divisions(periods, held * held)) {
    const a = table.flatMap((count, pair) => new Array<number>(count).fill(Math.floor(pair / held)));
    const b = table.flatMap((count, pair) => new Array<number>(count).fill(pair % held));
    const { epsilon } = lossBetween(setting, a, b, Number.POSITIVE_INFINITY);
    if (epsilon > worst.epsilon) worst = { epsilon, a, b };
  }
  return worst;
}

/** Sets of counts that `worstMemoPair` looks at, of reports of one part. */
export function memoOutcomes(periods: number, held: number, symbols: number): number {
  const bins = held * held * symbols;
  return Array.from({ length: periods }, (_, i) => (bins + i) / (i + 1)).reduce((product, x) => product * x, 1);
}

/** All ways to divide `total` among `places`. */
function* divisions(total: number, places: number): Generator<readonly number[], void> {
  if (places === 1) {
    yield [total];
    return;
  }
  for (let first = total; first >= 0; first--) {
    for (const rest of divisions(total - first, places - 1)) yield [first, ...rest];
  }
}
