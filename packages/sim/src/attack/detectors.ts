import { type Estimate, normalTail, probability, projectOnSimplex, type State } from '@dither/mechanisms';
import type { LocalHashingParams } from '@dither/mechanisms/local-hashing';
import type { Target } from './forgery.js';
import { symbolOutputs } from './symbols.js';

/** A window as a server has it: the state, and what it estimates. */
export interface Window {
  readonly state: State;
  readonly estimates: readonly Estimate[];
}

/** A test that looks at additive state alone. */
export interface Detector {
  readonly name: string;
  readonly summary: string;
  /**
   * Chance of a window so odd if nothing were forged, or more than it.
   * @param before - the window before, to compare with
   */
  pValue(window: Window, before: Window): number;
}

/** What the literature detects by, and why a server that keeps no reports cannot. */
export const unavailable: readonly string[] = [
  'Targets that are supported together by too many reports (co-support): needs the reports, of which only sums are kept.',
  'The law of the number of ones, or of the support, of each report: only its mean is in the state.',
  'Reports, or random seeds, that repeat too often: needs the reports; of public draws the state tells how often each was used.',
];

/** All that make sense for a mechanism. */
export function detectorsOf(target: Target): readonly Detector[] {
  return [sumDetector(target), rangeDetector(target), drawDetector(target), fitDetector(target), jumpDetector()].filter(
    (detector) => detector !== undefined,
  );
}

function twoSided(z: number): number {
  return 2 * normalTail(Math.abs(z));
}

/** The smallest of many chances, as if all were independent or worse. */
function bonferroni(pValues: readonly number[]): number {
  // Not spread as arguments, of which there may be a million.
  return Math.min(1, pValues.length * pValues.reduce((a, b) => Math.min(a, b), 1));
}

function spanOf(numbers: Float64Array): number {
  return numbers.reduce((a, b) => Math.max(a, b)) - numbers.reduce((a, b) => Math.min(a, b));
}

/** Chances are the same for all values: what supports a value, and what another. */
function supportOf({ mechanism, params }: Target): { readonly p: number; readonly q: number } {
  const [least, most] = (mechanism.aggregator.quantities(params)[0] as { reach: readonly [number, number] }).reach;
  return { p: (1 - least) / (most - least), q: -least / (most - least) };
}

/** The estimates sum to one, but for noise; of bits this is the number of ones. Undefined where they always do. */
function sumDetector(target: Target): Detector | undefined {
  const { mechanism, params } = target;
  const every = Array.from({ length: params.domainSize }, (_, value) => value);
  const isBits = mechanism.id === 'oue' || mechanism.id === 'sue';
  const outputs = isBits || params.domainSize > MOST_SUMMED ? undefined : symbolOutputs(target)?.says(every);
  const says = outputs ?? (mechanism.id === 'local-hashing' ? hashedSizes(target) : undefined);
  if (!isBits && (says === undefined || spanOf(says) < 1e-9)) return undefined;
  const { p, q } = supportOf(target);
  const ones = (p * (1 - p) + (params.domainSize - 1) * q * (1 - q)) / (p - q) ** 2;
  return {
    name: 'sum',
    summary: isBits ? 'number of ones of all reports, which is the sum of the estimates' : 'sum of the estimates',
    pValue({ state, estimates }) {
      const sum = estimates.reduce((total, { value }) => total + value, 0);
      const square = says === undefined ? ones : meanOf(state, says, (x) => x * x) - meanOf(state, says, (x) => x) ** 2;
      return twoSided((sum - 1) / Math.sqrt(square / state.n));
    },
  };
}

/** Values whose sum is looked at in each output. */
const MOST_SUMMED = 16_384;

/** Work that the sizes of all cells may take. */
const MOST_HASHED = 2e7;

/** What a report in a cell says of all values together. */
function hashedSizes(target: Target): Float64Array | undefined {
  const { pool, cells, domainSize } = target.params as LocalHashingParams;
  if (pool.rows * domainSize > MOST_HASHED) return undefined;
  const sizes = new Float64Array(pool.rows * cells);
  for (let row = 0; row < pool.rows; row++) {
    for (let value = 0; value < domainSize; value++) {
      const at = row * cells + pool.cellOf(row, value);
      sizes[at] = (sizes[at] as number) + 1;
    }
  }
  const { p, q } = supportOf(target);
  return sizes.map((size) => (size - domainSize * q) / (p - q));
}

function meanOf({ counts, n }: State, says: Float64Array, of: (x: number) => number): number {
  return says.reduce((sum, x, i) => sum + (counts[i] as number) * of(x), 0) / n;
}

/** A count that no population explains, whatever it holds: below what nobody gives, or above what all would. */
function rangeDetector(target: Target): Detector {
  const [least, most] = rangeOf(target);
  return {
    name: 'range',
    summary: 'a count below what nobody, or above what everybody, would give',
    pValue({ state: { counts, n } }) {
      const pValues = Array.from(counts, (count) =>
        Math.min(1, 2 * Math.min(normalTail(-deviation(count, n, least)), normalTail(deviation(count, n, most)))),
      );
      return bonferroni(pValues);
    },
  };
}

function rangeOf(target: Target): readonly [number, number] {
  const outputs = symbolOutputs(target);
  if (outputs !== undefined) return [outputs.least, outputs.most];
  if (target.mechanism.id !== 'local-hashing') {
    const { p, q } = supportOf(target);
    return [q, p];
  }
  const { keep, cells, pool } = target.params as LocalHashingParams;
  const least = (1 - probability(keep)) / (cells * pool.rows);
  return [least, least + probability(keep) / pool.rows];
}

/** In standard deviations, by the transformation that makes these alike (Anscombe 1948), which small counts need. */
function deviation(count: number, n: number, chance: number): number {
  const angle = Math.asin(Math.sqrt(Math.min(1, (count + 3 / 8) / (n + 3 / 4))));
  return 2 * Math.sqrt(n) * (angle - Math.asin(Math.sqrt(chance)));
}

/** Public draws are uniform: Pearson's test, by the cube root of Wilson and Hilferty 1931. */
function drawDetector({ params }: Target): Detector | undefined {
  const { draws } = params;
  if (draws === undefined) return undefined;
  return {
    name: 'draws',
    summary: 'public draws that are not uniform',
    pValue({ state: { counts, n } }) {
      const symbols = counts.length / draws;
      let sum = 0;
      for (let row = 0; row < draws; row++) {
        let count = 0;
        for (let i = 0; i < symbols; i++) count += counts[row * symbols + i] as number;
        sum += (count - n / draws) ** 2 / (n / draws);
      }
      const spread = 2 / (9 * (draws - 1));
      return normalTail((Math.cbrt(sum / (draws - 1)) - (1 - spread)) / Math.sqrt(spread));
    },
  };
}

/**
 * The honest law of the counts: how far the estimates are from the nearest population. They are no farther from it than from the true
 * one, so that the squared noise is what would explain it; more than it does, as noise within the simplex is no distance.
 */
function fitDetector({ mechanism, params }: Target): Detector {
  return {
    name: 'fit',
    summary: 'estimates farther from every population than noise takes them',
    pValue({ state, estimates }) {
      const values = estimates.map(({ value }) => value);
      const nearest = projectOnSimplex(values);
      const distance = values.reduce((sum, value, i) => sum + (value - (nearest[i] as number)) ** 2, 0);
      const variance = mechanism.aggregator.variance(params, nearest, state.n);
      const mean = variance.reduce((sum, each) => sum + each, 0);
      const square = variance.reduce((sum, each) => sum + 2 * each * each, 0);
      return normalTail((distance - mean) / Math.sqrt(square));
    },
  };
}

/** Against the window before: a share that changed by more than both errors. It takes a population that does not change. */
function jumpDetector(): Detector {
  return {
    name: 'jump',
    summary: 'a share that differs from that of the window before',
    pValue(window, before) {
      const pValues = window.estimates.map(({ value, standardError }, i) => {
        const other = before.estimates[i] as Estimate;
        return twoSided((value - other.value) / Math.hypot(standardError, other.standardError));
      });
      return bonferroni(pValues);
    },
  };
}
