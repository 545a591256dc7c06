import type { CandidateBits, CohortCounts } from '../../src/estimate/text/counts.js';
import { sampleBinomial, sampleMultinomial, type Uniform } from './binomial-sampler.js';

/** How texts become reports. */
export interface Channel {
  readonly cohorts: number;
  readonly bits: number;
  readonly hashes: number;
  /** Hashes drawn independently may meet on a bit; otherwise each text sets exactly `hashes` bits. */
  readonly mayMeet: boolean;
  readonly set: number;
  readonly unset: number;
}

/** The channel of RAPPOR with permanent parameter f and instantaneous ones p (bit not set) and q (set). */
export function twoStage(p: number, q: number, f: number): { set: number; unset: number } {
  return { set: (f * (p + q)) / 2 + (1 - f) * q, unset: (f * (p + q)) / 2 + (1 - f) * p };
}

/** Random bits of `count` texts. */
export function drawTexts(uniform: Uniform, channel: Channel, count: number): CandidateBits {
  const { cohorts, bits, hashes, mayMeet } = channel;
  const starts = new Int32Array(count + 1);
  const rows = new Int32Array(count * cohorts * hashes);
  let end = 0;
  for (let v = 0; v < count; v++) {
    for (let j = 0; j < cohorts; j++) {
      const start = end;
      for (let left = hashes; left > 0; ) {
        const row = j * bits + Math.floor(uniform() * bits);
        const isNew = !rows.subarray(start, end).includes(row);
        if (isNew) rows[end++] = row;
        if (isNew || mayMeet) left--;
      }
      rows.subarray(start, end).sort();
    }
    starts[v + 1] = end;
  }
  return { count, starts, rows: rows.slice(0, end) };
}

/** Some of the texts, in the order given. */
export function pick(texts: CandidateBits, which: readonly number[]): CandidateBits {
  const starts = Int32Array.of(0, ...which);
  const parts = which.map((v) => texts.rows.subarray(texts.starts[v], texts.starts[v + 1]));
  parts.forEach((part, i) => {
    starts[i + 1] = (starts[i] as number) + part.length;
  });
  const rows = new Int32Array(starts[which.length] as number);
  parts.forEach((part, i) => {
    rows.set(part, starts[i] as number);
  });
  return { count: which.length, starts, rows };
}

/**
 * Counts of one report from each client, of whom `held[v]` hold text v and the rest none; cohorts drawn uniformly. The
 * exact law: given its text a report's bits are independent.
 */
export function drawCounts(
  uniform: Uniform,
  channel: Channel,
  texts: CandidateBits,
  held: ArrayLike<number>,
  without = 0,
): CohortCounts {
  const { cohorts, bits, hashes, set, unset } = channel;
  const even = new Float64Array(cohorts).fill(1 / cohorts);
  const reports = new Float64Array(sampleMultinomial(uniform, without, even));
  const setting = new Float64Array(cohorts * bits);
  for (let v = 0; v < texts.count; v++) {
    const here = spread(uniform, held[v] as number, even);
    here.forEach((count, j) => {
      reports[j] = (reports[j] as number) + count;
    });
    for (let i = texts.starts[v] as number; i < (texts.starts[v + 1] as number); i++) {
      const row = texts.rows[i] as number;
      setting[row] = (setting[row] as number) + (here[Math.floor(row / bits)] as number);
    }
  }
  const ones = setting.map(
    (count, row) =>
      sampleBinomial(uniform, count, set) +
      sampleBinomial(uniform, (reports[Math.floor(row / bits)] as number) - count, unset),
  );
  return { cohorts, bits, hashes, reports, ones, set, unset };
}

/** A multinomial over cells of equal probability; one by one where few are spread. */
function spread(uniform: Uniform, count: number, even: Float64Array): Float64Array {
  if (count > even.length) return sampleMultinomial(uniform, count, even);
  const cells = new Float64Array(even.length);
  for (let i = 0; i < count; i++) {
    const cell = Math.floor(uniform() * cells.length);
    cells[cell] = (cells[cell] as number) + 1;
  }
  return cells;
}

/** The distributions of the published regression suite over `count` texts, heaviest first where they have an order. */
export const SHAPES = {
  unif: () => 1,
  gauss: (i: number, count: number) => Math.exp(-(((i - count / 2) / (count / 6)) ** 2) / 2),
  exp: (i: number, count: number) => Math.exp((-5 * i) / count),
  zipf1: (i: number) => 1 / i,
  'zipf1.5': (i: number) => i ** -1.5,
} as const satisfies Record<string, (i: number, count: number) => number>;

export type Shape = keyof typeof SHAPES;

export function sharesOf(shape: Shape, count: number): Float64Array {
  const weights = Float64Array.from({ length: count }, (_, i) => SHAPES[shape](i + 1, count));
  const total = weights.reduce((sum, x) => sum + x, 0);
  return weights.map((x) => x / total);
}

/** Counts equal to their expectation, which need not be whole. */
export function expectedCounts(
  channel: Channel,
  texts: CandidateBits,
  shares: ArrayLike<number>,
  reports: Float64Array,
): CohortCounts {
  const { cohorts, bits, hashes, set, unset } = channel;
  const setting = new Float64Array(cohorts * bits);
  for (let v = 0; v < texts.count; v++) {
    for (let i = texts.starts[v] as number; i < (texts.starts[v + 1] as number); i++) {
      const row = texts.rows[i] as number;
      setting[row] = (setting[row] as number) + (shares[v] as number);
    }
  }
  const ones = setting.map(
    (share, row) => (reports[Math.floor(row / bits)] as number) * (unset + (set - unset) * share),
  );
  return { cohorts, bits, hashes, reports, ones, set, unset };
}
