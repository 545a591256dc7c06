/**
 * Runs ahead of everything else in a page or a worker: the device's clock is a given time ahead of the machine's, and can
 * be moved while the page is open. The SDK is not touched: it sees `Date`, `performance` and `setTimeout` as ever.
 */
import type { DeviceTime } from '../support/page.js';

const scope = globalThis as typeof globalThis & { ahead: number; deviceTime: DeviceTime };
const RealDate = Date;
const realSetTimeout = setTimeout.bind(globalThis);
const realClearTimeout = clearTimeout.bind(globalThis);
const realNow = performance.now.bind(performance);

interface Timer {
  readonly due: number;
  readonly task: () => void;
  real: ReturnType<typeof setTimeout> | number;
}

let { ahead } = scope;
let slept = 0;
let timers = 0;
const pending = new Map<number, Timer>();

class DeviceDate extends RealDate {
  constructor(...parts: readonly [] | readonly [number | string]) {
    super(...((parts.length === 0 ? [RealDate.now() + ahead] : parts) as [number]));
  }
  static override now(): number {
    return RealDate.now() + ahead;
  }
}

function now(): number {
  return realNow() + slept;
}

function arm(id: number, timer: Timer): void {
  realClearTimeout(timer.real as number);
  timer.real = realSetTimeout(() => {
    pending.delete(id);
    timer.task();
  }, timer.due - now());
}

scope.Date = DeviceDate as DateConstructor;
performance.now = now;
scope.setTimeout = ((task: (...rest: unknown[]) => void, delay = 0, ...rest: unknown[]): number => {
  const timer = { due: now() + delay, task: () => task(...rest), real: 0 };
  // Far from those that the browser gives out.
  const id = 1_000_000_000 + ++timers;
  pending.set(id, timer);
  arm(id, timer);
  return id;
}) as typeof setTimeout;
scope.clearTimeout = ((id: number | undefined) => {
  realClearTimeout(pending.get(id ?? 0)?.real as number | undefined);
  if (!pending.delete(id ?? 0)) realClearTimeout(id);
}) as typeof clearTimeout;

scope.deviceTime = {
  /** As when a laptop is closed: time passes for all clocks, and what fell due meanwhile runs once, in order. */
  sleep(milliseconds) {
    ahead += milliseconds;
    slept += milliseconds;
    for (const [id, timer] of [...pending].sort(([, a], [, b]) => a.due - b.due)) arm(id, timer);
    return new Promise((resolve) => realSetTimeout(resolve, 0));
  },
  /** As when a person sets the clock: nothing else moves. */
  setClock(milliseconds) {
    ahead += milliseconds;
  },
  wait: (milliseconds) => new Promise((resolve) => realSetTimeout(resolve, milliseconds)),
};
