import type { State, WordSource } from '@dither/mechanisms';
import { groupsOf } from '../../src/encode/tree-shape.js';
import { aggregator, type TreeParams } from '../../src/mechanisms/tree.js';
import { probability } from '../../src/random/bernoulli.js';
import { sampleBinomial } from './binomial-sampler.js';

/** How many of n clients hold each value, "no event" last, as nearly as whole clients can. */
export function wholeClients(shares: ArrayLike<number>, withEvent: number, n: number): number[] {
  let [sum, given] = [0, 0];
  const holders = Array.from(shares, (share) => {
    sum += share * withEvent * n;
    const count = Math.round(sum) - given;
    given += count;
    return count;
  });
  return [...holders, n - given];
}

/** The state after one report of each client: an exact draw of its law, in a time that does not grow with n. */
export function drawTreeState(params: TreeParams, holders: readonly number[], source: WordSource): State {
  const { shape, levelBits } = params;
  const last = levelBits.length - 1;
  const uniform = () => ((source.next() >>> 6) * 2 ** 26 + (source.next() >>> 6)) / 2 ** 52;
  const binomial = (trials: number, p: number) => sampleBinomial(uniform, trials, p);
  const [keep, other] = [probability(params.bits.set), probability(params.bits.unset)];
  const members = levelBits.map((bits) => new Float64Array(bits));
  holders.forEach((count, value) => {
    let rest = count;
    levelBits.forEach((bits, level) => {
      const asked = level === last ? rest : binomial(rest, 1 / (levelBits.length - level));
      rest -= asked;
      const bit = value === shape.cells ? bits - 1 : Math.floor(value / (shape.widths[level] as number));
      const of = members[level] as Float64Array;
      of[bit] = (of[bit] as number) + asked;
    });
  });
  const state = aggregator.empty(params);
  let at = 0;
  for (const of of members) {
    const answers = of.reduce((sum, count) => sum + count, 0);
    state.n += answers;
    state.counts[at++] = answers;
    for (const own of of) state.counts[at++] = binomial(own, keep) + binomial(answers - own, other);
  }
  return state;
}

/** The state that as many reports of these clients make on average, but for rounding to whole counts. */
export function expectedTreeState(params: TreeParams, holders: readonly number[]): State {
  const { shape, levelBits } = params;
  const [keep, other] = [probability(params.bits.set), probability(params.bits.unset)];
  const state = aggregator.empty(params);
  state.n = holders.reduce((sum, count) => sum + count, 0);
  let at = 0;
  levelBits.forEach((bits, level) => {
    const answers = state.n / levelBits.length;
    state.counts[at++] = answers;
    for (let bit = 0; bit < bits; bit++) {
      const isOwn = (value: number) =>
        value === shape.cells
          ? bit === groupsOf(shape, level)
          : Math.floor(value / (shape.widths[level] as number)) === bit;
      const own = holders.reduce((sum, count, value) => sum + (isOwn(value) ? count : 0), 0) / levelBits.length;
      state.counts[at++] = Math.round(own * keep + (answers - own) * other);
    }
  });
  return state;
}

/** The place of a quantile of those with an event, who are spread evenly within their cells. */
export function truePlace(holders: readonly number[], quantile: number): number {
  const cells = holders.slice(0, -1);
  let rest = quantile * cells.reduce((sum, count) => sum + count, 0);
  for (const [cell, count] of cells.entries()) {
    if (count > 0 && rest <= count) return cell + rest / count;
    rest -= count;
  }
  throw new Error('nobody had an event');
}

function normalized(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function shape(cells: number, density: (x: number) => number): number[] {
  return normalized(Array.from({ length: cells }, (_, i) => density((i + 0.5) / cells)));
}

function points(cells: number, at: Readonly<Record<number, number>>): number[] {
  return normalized(Array.from({ length: cells }, (_, i) => at[i] ?? 0));
}

const bell = (x: number, centre: number, width: number) => Math.exp(-(((x - centre) / width) ** 2) / 2) / width;

/** What people wait for, in ms: a mixture of two log-normals, cut off at 10,000. */
export function waitDensity(ms: number): number {
  const x = Math.log(ms);
  return (0.72 * bell(x, Math.log(1250), 0.65) + 0.28 * bell(x, Math.log(2900), 0.6)) / ms;
}

export interface Population {
  /** Of those with an event, per cell. */
  readonly shares: readonly number[];
  readonly withEvent: number;
}

/** Populations of 256 cells, by name, with the share of clients that have an event. */
export const populations = {
  'waits, logarithmic axis': { shares: shape(256, (x) => 100 ** x * waitDensity(100 * 100 ** x)), withEvent: 1 },
  'waits, linear axis': { shares: shape(256, (x) => waitDensity(10_000 * x)), withEvent: 1 },
  'waits, 5% with an event': { shares: shape(256, (x) => 100 ** x * waitDensity(100 * 100 ** x)), withEvent: 0.05 },
  uniform: { shares: shape(256, () => 1), withEvent: 1 },
  'one point': { shares: points(256, { 77: 1 }), withEvent: 1 },
  'two points': { shares: points(256, { 10: 0.6, 200: 0.4 }), withEvent: 0.8 },
  'both ends': { shares: points(256, { 0: 0.7, 255: 0.3 }), withEvent: 1 },
  'two humps': { shares: shape(256, (x) => 0.6 * bell(x, 0.25, 0.04) + 0.4 * bell(x, 0.75, 0.04)), withEvent: 0.7 },
} satisfies Readonly<Record<string, Population>>;
