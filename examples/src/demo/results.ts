import type { Mechanism } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import type { Metric, Registry } from '@dither/protocol';
import type { EstimateAnswer, EstimateRow } from '@dither/server';
import { type CoverageTest, coverageTest } from '@dither/sim';
import type { Tally } from './tally.js';

/** One quantity: what was true of the installations that reported, and what the server says of it. */
export interface Value extends EstimateRow {
  readonly truth: number;
  readonly isCovered: boolean;
}

/** A metric over all its windows, as the server answers for it. */
export interface MetricResult {
  readonly metric: Metric;
  readonly answer: EstimateAnswer;
  readonly values: readonly Value[];
}

/** Promised of every interval by itself, and how rarely a correct Dither may fail the test. */
const COVERAGE = { promised: 0.94, alpha: 0.001 } as const;

/** Asks the server; `window` is the first day of one period, or absent for all of them. */
export type Ask = (metric: Metric, window?: number) => Promise<EstimateAnswer>;

/** Puts truth beside the server's answer. */
export async function resultOf(metric: Metric, tally: Tally, ask: Ask, window?: number): Promise<MetricResult> {
  const answer = await ask(metric, window);
  const { n, shares } = tally.shares(metric.id, metric.domainSize, window);
  const { aggregator } = catalogue.get(answer.mechanism) as Mechanism;
  const truths = new Map<string, number>();
  for (const { name, index, weights } of aggregator.quantities(metric.params as NonNullable<Metric['params']>)) {
    const truth = shares.reduce((sum, share, value) => sum + share * weights(value), 0);
    truths.set(keyOf(name, index), truth);
    if (name === 'mean') truths.set(keyOf('total'), truth * n);
  }
  const values = answer.values.map((row) => {
    const truth = truths.get(keyOf(row.quantity, row.index)) as number;
    const slack = 1e-9 * Math.max(1, Math.abs(truth));
    const isCovered = row.low !== null && row.high !== null && row.low - slack <= truth && truth <= row.high + slack;
    return { ...row, truth, isCovered };
  });
  return { metric, answer, values };
}

function keyOf(name: string, index?: number): string {
  return `${name} ${index ?? ''}`;
}

export interface Coverage extends CoverageTest {
  /** All cells of all windows, and how many are covered. For information: cells of one metric depend on each other. */
  readonly cells: number;
  readonly cellsCovered: number;
  /** False if there are so few independent cells that not even missing all of them would fail the test. */
  readonly canFail: boolean;
}

/** One random cell per metric and window, chosen without a look at the answers, against the promise. */
export async function testCoverage(
  registry: Registry,
  tally: Tally,
  ask: Ask,
  chance: () => number,
): Promise<Coverage> {
  const cells: boolean[] = [];
  const drawn: boolean[] = [];
  for (const metric of registry.wire) {
    for (const window of tally.windows(metric.id)) {
      const { values } = await resultOf(metric, tally, ask, window);
      const distinct = values.filter(({ quantity }) => quantity !== 'total');
      cells.push(...distinct.map(({ isCovered }) => isCovered));
      const luck = Math.floor(chance() * distinct.length);
      drawn.push(distinct[luck]?.isCovered === true);
    }
  }
  const test = coverageTest(drawn.filter(Boolean).length, drawn.length, COVERAGE);
  const canFail = (1 - COVERAGE.promised) ** drawn.length < COVERAGE.alpha;
  return { ...test, cells: cells.length, cellsCovered: cells.filter(Boolean).length, canFail };
}

/** Whether the server holds exactly the reports that were delivered: each one once, and no other. */
export async function countedExactlyOnce(registry: Registry, tally: Tally, ask: Ask): Promise<boolean> {
  for (const metric of registry.wire) {
    const answer = await ask(metric);
    const windows = tally.windows(metric.id);
    const delivered = windows.map((window) => tally.shares(metric.id, metric.domainSize, window).n);
    const counted = answer.windows.map(({ n }) => n);
    if (delivered.length !== counted.length || delivered.some((n, i) => n !== counted[i])) return false;
  }
  return true;
}
