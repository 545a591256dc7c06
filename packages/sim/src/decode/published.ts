import { type CandidateBits, type CohortCounts, normalQuantile, normalTail } from '@dither/mechanisms';
import { SimError } from '../errors.js';
import { policy } from '../policy.js';
import type { Decoded, DecodedText } from './decoded.js';
import { inverseDiagonal, nonNegative, solve } from './normal-equations.js';

/** Family-wise error rate of the published tools. */
const ALPHA = 0.05;

/**
 * The recipe of the published analysis tools (Erlingsson, Pihur, Korolova 2014, section 4): a non-negative fit selects,
 * weighted least squares over what it selected estimate, and Bonferroni's threshold over all candidates decides. It
 * takes the selection for given, and what is no candidate for noise: to compare with, not to rely on.
 *
 * @throws SimError `candidates-too-many`: the equations are dense
 */
export function decodePublished(counts: CohortCounts, bits: CandidateBits): Decoded {
  if (bits.count > policy.maxPublished) {
    throw new SimError('candidates-too-many', `the published method takes at most ${policy.maxPublished} candidates`);
  }
  const rows = denoise(counts);
  const { matrix, right } = normalEquations(rows, bits);
  const selected = [...nonNegative(matrix, right)].flatMap((x, v) => (x > 0 ? [v] : []));
  const part = selected.map((v) => selected.map((w) => matrix[v]?.[w] as number));
  const estimates = solve(
    part,
    selected.map((v) => right[v] as number),
  );
  const variances = inverseDiagonal(part);

  const z = normalQuantile(0.5 + policy.confidence / 2);
  const texts = new Array<DecodedText>(bits.count).fill({ ...NOT_SELECTED });
  selected.forEach((v, i) => {
    const value = estimates[i] as number;
    const standardError = Math.sqrt(variances[i] as number);
    const pValue = normalTail(value / standardError);
    const [low, high] = [value - z * standardError, value + z * standardError];
    texts[v] = { value, standardError, low, high, pValue, isDetected: pValue <= ALPHA / bits.count };
  });
  return {
    n: counts.reports.reduce((sum, n) => sum + n, 0),
    texts,
    confused: [],
    misfit: misfit(rows, bits, texts, selected.length),
  };
}

const NOT_SELECTED: DecodedText = {
  value: 0,
  standardError: Number.POSITIVE_INFINITY,
  low: 0,
  high: 1,
  pValue: 1,
  isDetected: false,
};

/** For each bit of each cohort the estimated share of texts that set it, and one over its variance. */
interface Rows {
  readonly values: Float64Array;
  readonly weights: Float64Array;
}

function denoise({ bits, reports, ones, set, unset }: CohortCounts): Rows {
  const values = new Float64Array(ones.length);
  const weights = new Float64Array(ones.length);
  ones.forEach((count, row) => {
    const n = reports[Math.floor(row / bits)] as number;
    if (n === 0) return;
    const share = count / n;
    values[row] = (share - unset) / (set - unset);
    // A bit that nobody, or everybody, has set would weigh without bound: half a report keeps it finite.
    const spread = Math.max(share * (1 - share), 0.5 / n);
    weights[row] = (n * (set - unset) ** 2) / spread;
  });
  return { values, weights };
}

function normalEquations({ values, weights }: Rows, { count, starts, rows }: CandidateBits) {
  const matrix = Array.from({ length: count }, () => new Float64Array(count));
  const right = new Float64Array(count);
  const setBy = values.length === 0 ? [] : Array.from(values, (): number[] => []);
  for (let v = 0; v < count; v++) {
    for (let at = starts[v] as number; at < (starts[v + 1] as number); at++) setBy[rows[at] as number]?.push(v);
  }
  setBy.forEach((texts, row) => {
    const weight = weights[row] as number;
    for (const v of texts) {
      right[v] = (right[v] as number) + weight * (values[row] as number);
      const line = matrix[v] as Float64Array;
      for (const w of texts) line[w] = (line[w] as number) + weight;
    }
  });
  return { matrix, right };
}

function misfit(
  { values, weights }: Rows,
  { starts, rows }: CandidateBits,
  texts: readonly DecodedText[],
  fitted: number,
): number {
  const left = values.slice();
  texts.forEach(({ value }, v) => {
    for (let at = starts[v] as number; at < (starts[v + 1] as number); at++) {
      left[rows[at] as number] = (left[rows[at] as number] as number) - value;
    }
  });
  const sum = left.reduce((total, x, row) => total + (weights[row] as number) * x * x, 0);
  return Math.sqrt(sum / Math.max(1, values.length - fitted));
}
