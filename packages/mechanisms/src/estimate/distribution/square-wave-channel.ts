/**
 * The square wave channel as estimation sees it, in doubles. A report is one of `outputs`: cell i is likely to give
 * one of the `window` outputs from i on, "no event" one of the last `window`, which no cell's window touches.
 */
export interface WaveChannel {
  /** Ordered cells; "no event" comes after them as one value more. */
  readonly cells: number;
  readonly window: number;
  /** cells + 2 window - 1. */
  readonly outputs: number;
  /** Chance of each output outside the window. */
  readonly outside: number;
  /** What is added to it inside. */
  readonly step: number;
}

/** First output of the window of a value. */
function windowStart({ cells, window }: WaveChannel, value: number): number {
  return value === cells ? cells + window - 1 : value;
}

/** Running sums: entry j is the sum of the first j values. */
function runningSums(values: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let j = 0; j < values.length; j++) sums[j + 1] = (sums[j] as number) + (values[j] as number);
  return sums;
}

/** Chance of each output. @param shares - of each cell, and of "no event", summing to one */
export function outputLaw(channel: WaveChannel, shares: ArrayLike<number>): Float64Array {
  const { cells, window, outputs, outside, step } = channel;
  const law = new Float64Array(outputs).fill(outside + step * (shares[cells] as number));
  let covering = 0;
  for (let j = 0; j < cells + window - 1; j++) {
    if (j < cells) covering += shares[j] as number;
    if (j >= window) covering -= shares[j - window] as number;
    // Adding and taking away leaves a rest of rounding where nothing is covered.
    law[j] = outside + step * Math.max(0, covering);
  }
  return law;
}

/** Expectation, for each value, of a score of the output. */
export function expectations(channel: WaveChannel, scores: ArrayLike<number>): Float64Array {
  const { cells, window, outputs, outside, step } = channel;
  const sums = runningSums(scores);
  const everywhere = outside * (sums[outputs] as number);
  const result = new Float64Array(cells + 1);
  for (let value = 0; value <= cells; value++) {
    const start = windowStart(channel, value);
    result[value] = everywhere + step * ((sums[start + window] as number) - (sums[start] as number));
  }
  return result;
}
