import { type Metric, periodStart } from '@dither/protocol';

/**
 * The most reports of one epoch that a state may hold from one installation: they share their permanent randomization. 1
 * where nothing is latched.
 *
 * @param windows - first days of the periods that are in the state
 */
export function repeatsOf({ latch, epoch }: Pick<Metric, 'latch' | 'epoch'>, windows: readonly number[]): number {
  if (latch === undefined) return 1;
  const inEpoch = new Map<number, number>();
  for (const window of windows) {
    const start = periodStart(window, epoch);
    inEpoch.set(start, (inEpoch.get(start) ?? 0) + 1);
  }
  return Math.max(1, ...inEpoch.values());
}
