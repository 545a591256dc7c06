import type { CandidateBits, CohortCounts } from './counts.js';
import { type Fit, fitTogether, rowSum } from './fit.js';
import { heavyColumns } from './heavy.js';
import { excess, withoutMissing } from './missing.js';
import { DECODING } from './policy.js';
import { denoise, type Rows, weigh } from './rows.js';

export interface CountsFit {
  /** As observed. */
  readonly rows: Rows;
  /** Of these rows, or of what is left of them without missing texts. */
  readonly fit: Fit;
  /** Of the rows as observed. */
  readonly misfit: number;
}

/** Fits the heavy columns, or all where they are few. */
export function fitCounts(counts: CohortCounts, columns: CandidateBits, repeats: number): CountsFit {
  const values = denoise(counts);
  const mean = values.reduce((sum, x) => sum + x, 0) / Math.max(1, values.length);
  const even = weigh(counts, values, new Float64Array(values.length).fill(mean), repeats);
  const heavy = heavyColumns(even, columns);
  const shares = modelledShares(even, fitTogether(even, columns, heavy));
  const rows = weigh(counts, values, shares, repeats);
  const plain = fitTogether(rows, columns, heavy);
  const isTold = plain.misfit ** 2 > 1 + DECODING.misfitTold * Math.sqrt(2 / Math.max(1, plain.freedom));
  return { rows, fit: isTold ? fitWithoutMissing(rows, columns, plain) : plain, misfit: plain.misfit };
}

/** How often each row is set, by a first fit cut to what texts can do: no share and no intercept below zero. */
function modelledShares(rows: Rows, fit: Fit): Float64Array {
  const shares = fit.coefficients.map((x) => Math.max(0, x));
  let rest = 0;
  const explained = rows.values.map((value, row) => {
    const sum = rowSum(fit.byRow, row, shares);
    rest += (rows.weights[row] as number) * (value - sum);
    return sum;
  });
  const intercept = rows.totalWeight > 0 ? Math.max(0, rest / rows.totalWeight) : 0;
  return explained.map((x) => x + intercept);
}

/** Where missing texts are all light they look like so much more noise, and the plain fit is as good and simpler. */
function fitWithoutMissing(rows: Rows, columns: CandidateBits, plain: Fit): Fit {
  let fit = plain;
  for (let i = 0; i < DECODING.scorings; i++) {
    const before = excess(rows, fit);
    const cleaned = withoutMissing(rows, fit);
    fit = fitTogether(cleaned, columns, heavyColumns(cleaned, columns));
    if (i > 0 && excess(rows, fit) > DECODING.scored * before) break;
  }
  return excess(rows, fit) < DECODING.scored * excess(rows, plain) ? fit : plain;
}
