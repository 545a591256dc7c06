import { DAY_MS, dayOf, policy } from '@dither/protocol';
import { serverPolicy } from './policy.js';

/** What time it is. The one thing in this package that is not repeatable; everything takes it as an argument. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Milliseconds since some moment, by a clock that nobody sets; one that has none is believed as it is. */
  monotonic?(): number;
}

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** The UTC day, counted from 1970-01-01. */
export function today(clock: Clock): number {
  return dayOf(clock.now());
}

/**
 * A clock that does not leap: one that is set by hours is believed once it has gone on from there for an hour. Until then time
 * goes on from where it was, so that a moment of a wrong clock refuses nobody for good, and lets nobody's wrong day in.
 *
 * @param newestDay - of what was counted before: a clock that is so far beyond it at a start that all nonces would be forgotten
 * is as doubtful as one that leaps
 */
export function steadyClock(clock: Clock, newestDay: number | undefined): Clock {
  const monotonic = () => clock.monotonic?.() ?? clock.now();
  const isNear = (a: number, b: number) => Math.abs(a - b) < serverPolicy.clockLeapMilliseconds;
  let [wall, since] = [clock.now(), monotonic()];
  let leap: { readonly wall: number; readonly since: number } | undefined;
  if (clock.monotonic !== undefined && newestDay !== undefined && dayOf(wall) > newestDay + policy.retainedDays) {
    leap = { wall, since };
    wall = newestDay * DAY_MS;
  }
  return {
    ...clock,
    now() {
      const [said, elapsed] = [clock.now(), monotonic()];
      const expected = wall + elapsed - since;
      if (!isNear(said, expected)) {
        const goesOn = leap !== undefined && isNear(said, leap.wall + elapsed - leap.since);
        leap = goesOn ? leap : { wall: said, since: elapsed };
        if (elapsed - (leap?.since ?? elapsed) < serverPolicy.clockSettlesMilliseconds) return expected;
      }
      leap = undefined;
      [wall, since] = [said, elapsed];
      return said;
    },
  };
}
