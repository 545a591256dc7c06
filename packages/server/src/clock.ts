import { dayOf } from '@dither/protocol';

/** What time it is. The one thing in this package that is not repeatable; everything takes it as an argument. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** The UTC day, counted from 1970-01-01. */
export function today(clock: Clock): number {
  return dayOf(clock.now());
}
