import { serverPolicy } from '../policy.js';
import type { Io } from './command.js';

/** What a process is asked by signals: to end, and then to end at once. */
export interface Asked {
  readonly toEnd: Promise<void>;
  readonly toEndNow: Promise<void>;
}

/** Signals that come together with the first are the same wish: Ctrl+C reaches a server from the terminal and from pnpm. */
export function readSignals(io: Io): Asked {
  const { promise: toEnd, resolve: end } = deferred<void>();
  const { promise: toEndNow, resolve: endNow } = deferred<void>();
  let state: 'serving' | 'burst' | 'ending' = 'serving';
  io.onSignal(() => {
    if (state === 'ending') endNow();
    if (state !== 'serving') return;
    state = 'burst';
    end();
    setTimeout(() => {
      state = 'ending';
    }, serverPolicy.signalBurstMilliseconds);
  });
  return { toEnd, toEndNow };
}

/** A promise that others settle. */
export function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
