import { DAY_MS } from '@dither/protocol';
import type { Platform } from './platform/platform.js';

/** What a permit needs to know of a metric. */
interface Closable {
  readonly id: string;
  readonly period: number;
}

/** How many periods a process may close. */
export interface Permit {
  /** Whether one more period of this metric may be closed now, after `more` in the step under way. */
  mayClose(metric: Closable, more: number): boolean;
  /** Notes that one was closed, once that is durable. */
  note(metric: Closable): void;
}

/**
 * One closing per process start, and one more per period that has passed by the clock that cannot be set: however
 * the device's clock jumps, a running process closes no more periods than time has really held.
 */
export function closingPermit({ clock, closings }: Pick<Platform, 'clock' | 'closings'>, app: string): Permit {
  const closed = ({ id }: Closable): number => closings.get(`${app} ${id}`) ?? 0;
  return {
    mayClose: (metric, more) => (closed(metric) + more) * metric.period * DAY_MS <= clock.monotonic(),
    note: (metric) => closings.set(`${app} ${metric.id}`, closed(metric) + 1),
  };
}
