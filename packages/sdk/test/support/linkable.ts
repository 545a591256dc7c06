import { binomialTail, distanceFromUniform, fewDistinctTail, mostDistance } from './chance.js';
import { HOUR, MINUTE } from './installation.js';
import type { DatedBatch, Year } from './year.js';

/** Chance of a false alarm of one check; there are fewer than a hundred. */
const ALPHA = 1e-7;

/** By how many places apart values are compared: a device may repeat itself at any short turn. */
const LAGS = [1, 2, 3];

/** Uniform values from `size`, in the order they were drawn. Whether they repeat more often than chance has it. */
function repeats(name: string, values: readonly number[], size: number): readonly string[] {
  const n = values.length;
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const lagged = LAGS.filter((lag) => {
    const equal = values.filter((value, i) => value === values[i - lag]).length;
    return binomialTail(n - lag, 1 / size, equal) < ALPHA;
  });
  return [
    ...lagged.map((lag) => `${name}: is often that of ${lag} before`),
    ...(size * binomialTail(n, 1 / size, Math.max(...counts.values())) < ALPHA ? [`${name}: has a favourite`] : []),
    ...(fewDistinctTail(n, size, counts.size) < ALPHA ? [`${name}: comes in few kinds`] : []),
  ];
}

/** Times within an interval, as shares of it. */
function spread(name: string, shares: readonly number[]): readonly string[] {
  if (shares.some((share) => share < 0 || share >= 1)) return [`${name}: outside the interval`];
  return distanceFromUniform(shares) > mostDistance(shares.length, ALPHA) ? [`${name}: not spread`] : [];
}

/** Of each epoch or period the draws of its reports, in order; one number if they agree. */
function drawsOf(batches: readonly DatedBatch[], metrics: readonly string[], days: number): readonly Set<number>[] {
  const found = new Map<number, Set<number>>();
  for (const { metric, window, draw } of batches.flatMap((batch) => batch.draws)) {
    if (!metrics.includes(metric)) continue;
    const first = Math.floor(window / days);
    found.set(first, (found.get(first) ?? new Set()).add(draw));
  }
  return [...found].sort(([a], [b]) => a - b).map(([, draws]) => draws);
}

/** Draws of six bits, one for each epoch. */
function drawsRepeat(name: string, draws: readonly Set<number>[]): readonly string[] {
  if (draws.some((own) => own.size > 1)) return [`${name}: several`];
  return repeats(
    name,
    draws.flatMap((own) => [...own]),
    64,
  );
}

/**
 * By what the batches of one installation could be told to be of one, beside the app's id and fingerprints; empty if by nothing.
 * @param other - one that lived the same days, or the first of them, with other coins and other values
 */
export function linkableBy({ batches, frames, urls }: Year, other: Year): readonly string[] {
  const nonces = batches.map(({ nonce }) => nonce);
  const late = batches.filter(({ due, visit }) => due < visit);
  const onTime = batches.filter((batch) => !late.includes(batch));
  return [
    ...(new Set(nonces.map(String)).size === nonces.length ? [] : ['nonces: twice the same']),
    ...Array.from({ length: 16 }, (_, i) => i).flatMap((i) =>
      repeats(
        `byte ${i} of the nonce`,
        nonces.map((nonce) => nonce[i] as number),
        256,
      ),
    ),
    ...drawsRepeat('draw of an epoch', drawsOf(batches, ['homepage', 'plan'], 7)),
    ...drawsRepeat('cohort of a report', drawsOf(batches, ['signature'], 1)),
    ...spread(
      'due',
      batches.map(({ due, made }) => (due - made) / (6 * HOUR)),
    ),
    ...spread(
      'sent late',
      late.map(({ message, visit }) => (message.at - visit) / MINUTE),
    ),
    ...(onTime.every(({ message, due }) => message.at >= due && message.at < due + MINUTE)
      ? []
      : ['sent: not when due']),
    ...(frames.slice(0, other.frames.length).join('\n') === other.frames.join('\n') ? [] : ['frame: its own']),
    ...([...urls].join() === 'memory://server/v1/reports' ? [] : ['address']),
  ];
}
