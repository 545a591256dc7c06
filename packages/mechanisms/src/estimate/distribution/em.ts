import { expectations, outputLaw, type WaveChannel } from './square-wave-channel.js';

export interface FitOptions {
  /**
   * Variance of the kernel that smooths the cells after each step, in squared cells. 0 is maximum likelihood, 1/2 the
   * kernel (1/4, 1/2, 1/4) of EMS.
   */
  readonly smoothing: number;
  /** Stops once steps change the log-likelihood by less than this on average. */
  readonly tolerance: number;
  readonly maxSteps: number;
}

interface Fit {
  /** Of each cell, then of "no event"; none negative, sum one. */
  readonly shares: Float64Array;
  readonly steps: number;
}

/** The log-likelihood costs about as much as a step, and changes little between two. */
const CHECK_EVERY = 8;

/**
 * Shares of the values from counts of the outputs, by expectation maximization from a uniform start.
 *
 * Li, Wang, Lopuhaa-Zwakenberg, Li, Skoric 2020, "Estimating numerical distributions under local differential privacy",
 * section 5.5: EM, and EMS, which smooths after each step. Cells are smoothed among themselves, never across to
 * "no event". Both halves of a step are a constant plus a sliding window, so that a step is linear in the outputs.
 *
 * @param counts - one per output, not all zero
 */
export function fitShares(channel: WaveChannel, counts: ArrayLike<number>, options: FitOptions): Fit {
  const { cells, outputs } = channel;
  const smooth = smoother(cells, options.smoothing);
  let n = 0;
  for (let j = 0; j < outputs; j++) n += counts[j] as number;
  const shares = new Float64Array(cells + 1).fill(1 / (cells + 1));
  const weights = new Float64Array(outputs);
  let last = Number.NEGATIVE_INFINITY;
  for (let steps = 0; steps < options.maxSteps; steps++) {
    const law = outputLaw(channel, shares);
    if (steps % CHECK_EVERY === 0) {
      const likelihood = logLikelihood(counts, law);
      if (Math.abs(likelihood - last) < CHECK_EVERY * options.tolerance) return { shares, steps };
      last = likelihood;
    }
    for (let j = 0; j < outputs; j++) weights[j] = (counts[j] as number) / (n * (law[j] as number));
    const factors = expectations(channel, weights);
    let total = 0;
    for (let value = 0; value <= cells; value++) {
      shares[value] = (shares[value] as number) * (factors[value] as number);
      total += shares[value] as number;
    }
    for (let value = 0; value <= cells; value++) shares[value] = (shares[value] as number) / total;
    smooth(shares);
  }
  return { shares, steps: options.maxSteps };
}

function logLikelihood(counts: ArrayLike<number>, law: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < law.length; j++) {
    const count = counts[j] as number;
    if (count > 0) sum += count * Math.log(law[j] as number);
  }
  return sum;
}

/**
 * Smooths the first `cells` shares in place, reflected at both ends, which keeps their sum: some of each share is
 * spread by the mean of the density over `radius` cells to either side, (1/4, 1/2, 1/4) for a radius of one.
 */
function smoother(cells: number, variance: number): (shares: Float64Array) => void {
  const radius = Math.min(cells, Math.max(1, Math.ceil(Math.sqrt(Math.max(0, 3 * variance - 0.5)))));
  const part = Math.min(1, (6 * variance) / (2 * radius * radius + 1));
  if (part === 0) return () => undefined;
  const sums = new Float64Array(cells + 2 * radius + 1);
  return (shares) => {
    for (let i = 0; i < cells + 2 * radius; i++) {
      const at = i < radius ? radius - 1 - i : i - radius < cells ? i - radius : 2 * cells - 1 - (i - radius);
      sums[i + 1] = (sums[i] as number) + (shares[at] as number);
    }
    for (let i = 0; i < cells; i++) {
      // Two runs of 2 radius cells, one from a cell further on: the ends of the kernel weigh half.
      const left = (sums[i + 2 * radius] as number) - (sums[i] as number);
      const right = (sums[i + 2 * radius + 1] as number) - (sums[i + 1] as number);
      shares[i] = (1 - part) * (shares[i] as number) + (part * Math.max(0, left + right)) / (4 * radius);
    }
  };
}
