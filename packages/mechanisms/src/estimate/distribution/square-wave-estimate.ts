import type { DistributionEstimate, DistributionQuestion, Estimate } from '../../mechanism.js';
import { normalQuantile } from '../normal.js';
import { estimateSupport } from '../support.js';
import { quantileBetween, shareBetween } from './square-wave-bracket.js';
import type { WaveChannel } from './square-wave-channel.js';
import { GROUPS, TOLD } from './square-wave-policy.js';
import { eventPair, eventTotal, ratioOf, total, type WaveSample, waveSample } from './square-wave-sample.js';
import { isAnybodyTold, nothingKnown, rangeOf } from './unknown.js';

/**
 * The answers of square wave reports.
 *
 * - `withEvent` is unbiased; `mean` is a ratio of two unbiased sums. Their intervals are of the usual kind.
 * - The values of `quantiles`, `above` and `histogram` are read off the EMS curve and biased by its smoothing, unless
 *   their interval excludes them: then they are its nearer end. The interval does not come from the curve. It holds
 *   for any population (`square-wave-bracket.ts`), covers more than it says, and need not be centred. The standard
 *   error is that of its ends.
 * - `curve` is EMS.
 *
 * An interval that the reports do not bound is the whole range. Where the share with an event is not told from zero,
 * nothing is said of those with one.
 *
 * @param counts - one per output
 */
export function estimateWave(
  channel: WaveChannel,
  n: number,
  counts: ArrayLike<number>,
  question: DistributionQuestion,
): DistributionEstimate {
  const { quantiles, above, amounts, confidence = 0.95 } = question;
  const { cells } = channel;
  const withEvent = eventShare(channel, n, counts, confidence);
  const groups = groupsOf(cells);
  if (n === 0) return nothingKnown(n, withEvent, cells, groups, question);
  const z = normalQuantile(0.5 + confidence / 2);
  const sample = waveSample(channel, n, counts);
  const events = eventTotal(sample);
  if (!isAnybodyTold(withEvent, eventPair(sample), z)) return nothingKnown(n, withEvent, cells, groups, question);
  const curve = curveOf(sample);

  const shareOf = (from: number, to: number): Estimate => {
    const { standardError, low, high } = shareBetween(sample, events, from, to, z);
    let value = 0;
    for (let i = from; i < to; i++) value += curve[i] as number;
    return {
      value: Math.min(high, Math.max(low, value)),
      standardError,
      low,
      high,
      n,
      detectionLimit: TOLD * standardError,
    };
  };
  const mean = ratioOf(sample, total(sample, amounts), events, z, rangeOf(amounts));
  return {
    n,
    withEvent,
    quantiles: quantiles.map((quantile) => quantileBetween(sample, quantile, z)),
    mean: { ...mean, n, detectionLimit: TOLD * mean.standardError },
    above: above.map((from) => shareOf(from, cells)),
    histogram: groups.map((group) => ({ ...group, share: shareOf(group.from, group.to) })),
    curve,
  };
}

/** Whoever is not counted in the window of "no event" supports having had one. */
function eventShare(
  { cells, window, outputs, outside, step }: WaveChannel,
  n: number,
  counts: ArrayLike<number>,
  confidence: number,
): Estimate {
  let supporting = n;
  for (let j = cells + window - 1; j < outputs; j++) supporting -= counts[j] as number;
  return estimateSupport({ p: 1 - window * outside, q: 1 - window * (outside + step) }, supporting, n, { confidence });
}

/** The fit's shares among those with an event; flat where it has nobody with one. */
function curveOf({ channel: { cells }, shares }: WaveSample): Float64Array {
  const curve = shares.slice(0, cells);
  const events = curve.reduce((sum, share) => sum + share, 0);
  return events > 0 ? curve.map((share) => share / events) : curve.fill(1 / cells);
}

function groupsOf(cells: number): { from: number; to: number }[] {
  const groups = Math.min(GROUPS, cells);
  const border = (i: number) => Math.round((i * cells) / groups);
  return Array.from({ length: groups }, (_, i) => ({ from: border(i), to: border(i + 1) }));
}
