import { type Metric, periodStart, type Registry } from '@dither/protocol';
import type { EstimateAnswer, EstimateRow } from '@dither/server';
import { type CoverageTest, coverageTest } from '@dither/sim';
import type { Ask } from './demo-server.js';
import type { Range, Tally } from './tally.js';
import { truthOf } from './truth.js';

/** What is looked for among the texts of each text metric. */
export type Candidates = ReadonlyMap<string, readonly string[]>;

/** What the server says, and what the demo knows. */
export interface Sources {
  readonly registry: Registry;
  readonly tally: Tally;
  readonly ask: Ask;
  readonly candidates: Candidates;
}

/** One quantity: what was true of the installations that reported, and what the server says of it. */
export interface Value extends EstimateRow {
  /** NaN where nothing is true, such as the mean of no event. */
  readonly truth: number;
  readonly isCovered: boolean;
}

/** A metric over all its windows, as the server answers for it. */
export interface MetricResult {
  readonly metric: Metric;
  readonly answer: EstimateAnswer;
  readonly values: readonly Value[];
  /** Of a text metric: what is looked for, and what was recorded. */
  readonly candidates: readonly string[];
  readonly recorded: readonly string[];
  /** The share that truly holds a text. */
  readonly shareOf: (text: string) => number;
}

/** Whether a row is about one candidate. */
export function isText({ quantity }: EstimateRow): boolean {
  return quantity === 'text';
}

/** Promised of every interval by itself, and how rarely a correct Dither may fail the test. */
const COVERAGE = { promised: 0.94, alpha: 0.001 } as const;

/** Puts truth beside the server's answer. */
export async function resultOf(
  { tally, ask, candidates: lists }: Omit<Sources, 'registry'>,
  metric: Metric,
  range?: Range,
): Promise<MetricResult> {
  const answer = await ask(metric, range);
  const truths = tally.truths(metric.id, range);
  const candidates = lists.get(metric.id) ?? [];
  const truth = truthOf(metric, truths, candidates);
  const values = answer.values.map((row) => ({ ...row, truth: truth(row), isCovered: isCovered(row, truth(row)) }));
  const recorded = [...truths.counts.keys()].filter((value) => typeof value === 'string' && value !== '').map(String);
  const shareOf = (text: string): number => (truths.counts.get(text) ?? 0) / truths.n;
  return { metric, answer, values, candidates, recorded, shareOf };
}

function isCovered({ low, high, confusedWith = [] }: EstimateRow, truth: number): boolean {
  if (Number.isNaN(truth)) return true;
  // The error of texts that cannot be told apart may have no bound, and then says so.
  if (low === null || high === null) return confusedWith.length > 0;
  const slack = 1e-9 * Math.max(1, Math.abs(truth));
  return low - slack <= truth && truth <= high + slack;
}

export interface Coverage extends CoverageTest {
  /** All cells of all windows, and how many are covered. For information: cells of one metric depend on each other. */
  readonly cells: number;
  readonly cellsCovered: number;
  /** False if there are so few independent cells that not even missing all of them would fail the test. */
  readonly canFail: boolean;
}

/**
 * One random cell per metric and window, chosen without a look at the answers, against the promise. Windows of one
 * epoch of a latched metric share their first randomization: together they have one cell.
 */
export async function testCoverage(sources: Sources, chance: () => number): Promise<Coverage> {
  const cells: boolean[] = [];
  const drawn: boolean[] = [];
  for (const metric of sources.registry.wire) {
    for (const range of independentRanges(metric, sources.tally.windows(metric.id))) {
      const of = cellsOf(await resultOf(sources, metric, range));
      cells.push(...of.map(({ isCovered: is }) => is));
      const luck = Math.floor(chance() * of.length);
      drawn.push(of[luck]?.isCovered === true);
    }
  }
  const test = coverageTest(drawn.filter(Boolean).length, drawn.length, COVERAGE);
  const canFail = (1 - COVERAGE.promised) ** drawn.length < COVERAGE.alpha;
  return { ...test, cells: cells.length, cellsCovered: cells.filter(Boolean).length, canFail };
}

function independentRanges(metric: Metric, windows: readonly number[]): readonly Range[] {
  const ranges = new Map<number, Range>();
  for (const window of windows) {
    const epoch = periodStart(window, metric.epoch);
    ranges.set(epoch, { from: ranges.get(epoch)?.from ?? window, to: window });
  }
  return [...ranges.values()];
}

/**
 * What can be missed: rows that have a truth, without the total, which is a mean once more. Of more candidates than the
 * server lists it names those with the largest estimates: these were chosen by a look at the answers.
 */
function cellsOf({ values, candidates }: MetricResult): readonly Value[] {
  const isComplete = values.filter(isText).length === candidates.length;
  return values.filter(
    (value) => value.quantity !== 'total' && !Number.isNaN(value.truth) && (isComplete || !isText(value)),
  );
}

/** Whether the server holds exactly the reports that were delivered: each one once, and no other. */
export async function countedExactlyOnce({ registry, tally, ask }: Sources): Promise<boolean> {
  for (const metric of registry.wire) {
    const answer = await ask(metric);
    const windows = tally.windows(metric.id);
    const delivered = windows.map((window) => tally.truths(metric.id, { from: window, to: window }).n);
    const counted = answer.windows.map(({ n }) => n);
    if (delivered.length !== counted.length || delivered.some((n, i) => n !== counted[i])) return false;
  }
  return true;
}
