import { SimError } from '../errors.js';
import { policy } from '../policy.js';
import type { Start, TextHistories } from './data.js';

/** What people held, moment by moment, as indices. */
export interface Histories {
  /** What a reader calls each value. */
  readonly values: readonly string[];
  /** A row per person; of one entry where the value never changes. */
  readonly rows: readonly Uint16Array[];
}

/**
 * Texts as indices: of the distinct ones in their order, or of ranges of numbers.
 *
 * @param buckets - ranges that hold about as many entries each; undefined for every text by itself
 * @throws SimError `data-malformed`
 */
export function histories({ rows, start }: TextHistories, buckets: number | undefined): Histories {
  const distinct = [...new Set(rows.flat())];
  const isNumeric = distinct.every((text) => Number.isFinite(Number(text)));
  if (buckets !== undefined && !isNumeric) {
    throw new SimError('data-malformed', '--buckets is for numbers, and not all of these are', start);
  }
  if (buckets === undefined) {
    const values = isNumeric ? distinct.sort((a, b) => Number(a) - Number(b)) : distinct.sort();
    checkCount(values.length, start);
    const index = new Map(values.map((value, i) => [value, i]));
    return { values, rows: rows.map((row) => Uint16Array.from(row, (text) => index.get(text) as number)) };
  }
  const sorted = Float64Array.from(rows.flat(), Number).sort();
  // Below the lowest edge there is somebody, however many hold the lowest number.
  const lowest = sorted.find((x) => x > (sorted[0] as number)) ?? (sorted[0] as number);
  const edges = Array.from({ length: buckets - 1 }, (_, i) => Math.max(lowest, at(sorted, (i + 1) / buckets)));
  const inner = [...new Set(edges)].filter((edge) => edge > (sorted[0] as number));
  checkCount(inner.length + 1, start);
  const bucketOf = (x: number) => inner.reduce((count, edge) => count + (x >= edge ? 1 : 0), 0);
  const known = new Map(distinct.map((text) => [text, bucketOf(Number(text))]));
  return {
    values: [...inner.map((edge) => `below ${edge}`), `from ${inner.at(-1) ?? sorted[0]}`],
    rows: rows.map((row) => Uint16Array.from(row, (text) => known.get(text) as number)),
  };
}

function at(sorted: Float64Array, share: number): number {
  return sorted[Math.floor(share * sorted.length)] as number;
}

function checkCount(values: number, start: Start): void {
  if (values >= 2 && values <= policy.longitudinal.maxValues) return;
  const expected = `a column has 2 to ${policy.longitudinal.maxValues} different values; --buckets puts numbers into ranges`;
  throw new SimError('data-malformed', expected, start);
}

/** The value at each of so many reports: that of the file, or the same again and again. */
export function historyOf(row: Uint16Array, periods: number): Uint16Array {
  return row.length === 1 ? new Uint16Array(periods).fill(row[0] as number) : row.subarray(0, periods);
}

/** The value that is held most often; the first of several. */
export function mostHeld(history: Uint16Array, values: number): number {
  const counts = new Uint32Array(values);
  for (const value of history) counts[value] = (counts[value] as number) + 1;
  return counts.indexOf(counts.reduce((most, count) => Math.max(most, count), 0));
}
