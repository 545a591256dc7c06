import { type UpdatedShares, updateShares } from '../bayesian-update.js';
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

/**
 * Shares of the values from counts of the outputs, by expectation maximization from a uniform start.
 *
 * Li, Wang, Lopuhaa-Zwakenberg, Li, Skoric 2020, "Estimating numerical distributions under local differential privacy",
 * section 5.5: EM, and EMS, which smooths after each step. Cells are smoothed among themselves, never across to
 * "no event". Both halves of a step are a constant plus a sliding window, so that a step is linear in the outputs.
 *
 * @param counts - one per output, not all zero
 * @returns shares of each cell, then of "no event"
 */
export function fitShares(channel: WaveChannel, counts: ArrayLike<number>, options: FitOptions): UpdatedShares {
  const { cells, outputs } = channel;
  const { smoothing, ...limits } = options;
  const wave = {
    values: cells + 1,
    outputs,
    law: (shares: ArrayLike<number>) => outputLaw(channel, shares),
    expectations: (scores: ArrayLike<number>) => expectations(channel, scores),
  };
  return updateShares(wave, counts, { ...limits, smooth: smoother(cells, smoothing) });
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
