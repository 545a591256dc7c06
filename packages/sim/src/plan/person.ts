import { MICRO } from '@dither/mechanisms';
import { type Budget, policy } from '@dither/protocol';

/** What a metric costs the person whose installation reports it, in epsilon. */
export interface Person {
  readonly perReport: number;
  /** In any budget window. */
  readonly perWindow: number;
  readonly windowDays: number;
  /** Whole windows until the budget of a life is spent, if nothing else is reported, and days. */
  readonly windows: number;
  readonly days: number;
}

/**
 * @param period - days between reports
 * @param budget - what a person may give: that of the registry
 */
export function personOf(epsilon: number, period: number, { windowDays, lifetime }: Budget): Person {
  // In millionths, as devices count.
  const micro = Math.round(epsilon * MICRO) * (windowDays / period);
  const windows = Math.floor(Math.round(lifetime * MICRO) / micro);
  return { perReport: epsilon, perWindow: micro / MICRO, windowDays, windows, days: windows * windowDays };
}

/** The largest epsilon that one report may have, and what says so. */
export interface Ceiling {
  readonly epsilon: number;
  readonly reason: string;
}

export function ceilingOf(period: number, { perWindow, windowDays }: Budget): Ceiling {
  const reports = windowDays / period;
  const affordable = Math.floor((perWindow / reports) * 1000) / 1000;
  if (affordable >= policy.maxEpsilon) return { epsilon: policy.maxEpsilon, reason: 'the most that a report may have' };
  const each = reports === 1 ? 'one report' : `${reports} reports`;
  return {
    epsilon: affordable,
    reason: `${each} in ${windowDays} days, in which a person spends ${perWindow} at most`,
  };
}
