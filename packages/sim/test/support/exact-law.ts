import { toNumber, type WordSource } from '@dither/mechanisms';
import type { Case } from '../../../mechanisms/test/contract/case.js';
import { chiSquareTail } from '../../../mechanisms/test/support/chi-square.js';

/** Sums of a state's counters, each with its sign or without it: what they do together shows in these. */
export interface Direction {
  readonly name: string;
  of(counts: Float64Array): number;
}

/** All counters, each of the first few, and random signs. */
export function directionsOf(counters: number, source: WordSource): readonly Direction[] {
  const single = Array.from({ length: Math.min(counters, 4) }, (_, at) => ({
    name: `counter ${at}`,
    of: (counts: Float64Array) => counts[at] as number,
  }));
  const signed = Array.from({ length: 4 }, (_, i) => {
    const signs = Int8Array.from({ length: counters }, () => (source.next() & 1) * 2 - 1);
    return { name: `signs ${i}`, of: (counts: Float64Array) => weighted(counts, signs) };
  });
  return [{ name: 'all', of: (counts: Float64Array) => weighted(counts) }, ...single, ...signed];
}

function weighted(counts: Float64Array, signs?: Int8Array): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += (counts[i] as number) * (signs?.[i] ?? 1);
  return sum;
}

/** What a single report of each value does to the counters, by enumeration, and with which chance. */
export interface SingleReports {
  readonly states: readonly Float64Array[];
  /** By value, then by report. */
  readonly chances: readonly Float64Array[];
}

export function singleReports({ params, values, aggregator, channel }: Case): SingleReports {
  const reports = [...channel.reports(params)];
  const states = reports.map((report) => {
    const state = aggregator.empty(params);
    aggregator.accumulate(params, state, report);
    return state.counts;
  });
  const chances = values.map((value) =>
    Float64Array.from(reports, (report) => toNumber(channel.likelihood(params, value, report))),
  );
  return { states, chances };
}

/** Of a sum over installations: cumulants add. */
export interface Cumulants {
  readonly mean: number;
  readonly variance: number;
  readonly fourth: number;
}

export function cumulantsOf(
  { states, chances }: SingleReports,
  holders: ArrayLike<number>,
  direction: Direction,
): Cumulants {
  const amounts = states.map((counts) => direction.of(counts));
  let [mean, variance, fourth] = [0, 0, 0];
  chances.forEach((ofValue, value) => {
    const clients = holders[value] as number;
    if (clients === 0) return;
    const own = amounts.reduce((sum, amount, i) => sum + (ofValue[i] as number) * amount, 0);
    let [square, power] = [0, 0];
    amounts.forEach((amount, i) => {
      const part = (ofValue[i] as number) * (amount - own) ** 2;
      square += part;
      power += part * (amount - own) ** 2;
    });
    mean += clients * own;
    variance += clients * square;
    fourth += clients * (power - 3 * square * square);
  });
  return { mean, variance, fourth };
}

/** How far the mean and the variance of independent numbers are from those of their law, in standard deviations. */
export function scoresOf(
  numbers: readonly number[],
  { mean, variance, fourth }: Cumulants,
): { readonly mean: number; readonly variance: number } {
  const n = numbers.length;
  const average = numbers.reduce((sum, x) => sum + x, 0) / n;
  // About the known mean, so that it is a mean of independent squares.
  const square = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n;
  // What does not vary is met exactly, but for rounding of its law.
  if (variance < 1e-9 * (1 + mean * mean)) {
    const off = Math.max(...numbers.map((x) => Math.abs(x - mean))) > 1e-6 * (1 + Math.abs(mean));
    return off ? { mean: Number.POSITIVE_INFINITY, variance: Number.POSITIVE_INFINITY } : { mean: 0, variance: 0 };
  }
  return {
    mean: (average - mean) / Math.sqrt(variance / n),
    variance: (square - variance) / Math.sqrt((2 * variance ** 2 + fourth) / n),
  };
}

/**
 * The p-value of two samples being of one law: a chi-square test over the tenths of both together, of whichever are not all the
 * same number.
 */
export function twoSamples(a: readonly number[], b: readonly number[]): number {
  const all = Float64Array.from([...a, ...b]).sort();
  const borders = [...new Set(Array.from({ length: 9 }, (_, i) => all[Math.floor(((i + 1) * all.length) / 10)]))];
  const tenthOf = (x: number) => borders.filter((border) => x >= (border as number)).length;
  const countsOf = (numbers: readonly number[]) => {
    const counts = new Float64Array(borders.length + 1);
    for (const x of numbers) counts[tenthOf(x)] = (counts[tenthOf(x)] as number) + 1;
    return counts;
  };
  const [ofA, ofB] = [countsOf(a), countsOf(b)];
  let statistic = 0;
  let tenths = 0;
  for (let i = 0; i < ofA.length; i++) {
    const [inA, inB] = [ofA[i] as number, ofB[i] as number];
    const share = (inA + inB) / all.length;
    if (share === 0) continue;
    tenths++;
    statistic +=
      (inA - a.length * share) ** 2 / (a.length * share) + (inB - b.length * share) ** 2 / (b.length * share);
  }
  return tenths < 2 ? 1 : chiSquareTail(statistic, tenths - 1);
}
