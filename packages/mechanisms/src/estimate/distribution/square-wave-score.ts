import type { WaveChannel } from './square-wave-channel.js';

/**
 * A score for each output whose expectation is exactly `targets[i]` for cell i and 0 for "no event": the mean score of
 * the reports is then an unbiased estimate of the sum of target times share, whatever the population.
 *
 * Moving the window by a cell takes output i out and puts output i + w in, so that
 * score[i+w] = score[i] + (targets[i+1] - targets[i]) / step gives all targets but for their level. What is free is one
 * constant for each residue of the cells' outputs modulo w (every window holds each residue once) and one for the outputs
 * of "no event". They are chosen for the least sum of squares, subject to the level of the cells and to 0 for "no event":
 * a quadratic with two linear constraints, solved by two multipliers. All outputs weigh the same there: to weigh them by
 * their chance lowers the variance by less than a hundredth, and would make the score depend on what it scores.
 *
 * @param targets - one per cell
 */
export function scoresFor(channel: WaveChannel, targets: ArrayLike<number>): Float64Array {
  const { cells, window, outputs, outside, step } = channel;
  const axis = cells + window - 1;
  const scores = new Float64Array(outputs);
  for (let i = 0; i + 1 < cells; i++) {
    scores[i + window] = (scores[i] as number) + ((targets[i + 1] as number) - (targets[i] as number)) / step;
  }

  // Least squares without the constraints: each residue has mean zero.
  const sizes = new Float64Array(window);
  for (let residue = 0; residue < window; residue++) {
    const size = Math.ceil((axis - residue) / window);
    let sum = 0;
    for (let j = residue; j < axis; j += window) sum += scores[j] as number;
    for (let j = residue; j < axis; j += window) scores[j] = (scores[j] as number) - sum / size;
    sizes[residue] = size;
  }

  // What is missing from cell 0 now, and nothing from "no event"; the sum of all scores is zero.
  let gap = targets[0] as number;
  for (let j = 0; j < window; j++) gap -= step * (scores[j] as number);

  // A constant per residue, `size * outside + step` of which is seen by a cell and `size * outside` by "no event".
  const noneInCell = outside * window;
  const noneInNone = (outside + step) * window;
  let [aa, ab, bb] = [noneInCell ** 2 / window, (noneInCell * noneInNone) / window, noneInNone ** 2 / window];
  for (const size of sizes) {
    aa += (outside * size + step) ** 2 / size;
    ab += (outside * size + step) * outside;
    bb += outside * outside * size;
  }
  const determinant = aa * bb - ab * ab;
  const forCell = (gap * bb) / determinant;
  const forNone = (-gap * ab) / determinant;
  for (let residue = 0; residue < window; residue++) {
    const constant = (forCell + forNone) * outside + (forCell * step) / (sizes[residue] as number);
    for (let j = residue; j < axis; j += window) scores[j] = (scores[j] as number) + constant;
  }
  scores.fill((forCell * noneInCell + forNone * noneInNone) / window, axis);
  return scores;
}
