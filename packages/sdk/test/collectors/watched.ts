import type { Declarations } from '@dither/protocol';
import { type Client, createClient, type DeclaredRegistry } from '@dither/sdk';
import { fakeTime, testPlatform } from '@dither/sdk/testing';
import { MORNING } from '../support/installation.js';
import { receiver } from '../support/receiver.js';

type Call = readonly [what: 'flush' | 'flushNow' | 'record', ...of: readonly unknown[]];

/** A client in memory, and what it was asked to do. */
export interface Watched<D extends Declarations> {
  readonly client: Client<D>;
  readonly calls: Call[];
  /** What was recorded so far, in order; each call tells what is new. */
  news(): readonly (readonly [id: string, ...value: unknown[]])[];
  /** What the client did not take, by reason. */
  drops(): Promise<{ readonly [reason in string]?: number }>;
}

export async function watched<const D extends Declarations>(
  registry: DeclaredRegistry<D>,
  options: { readonly isAsked?: boolean } = {},
): Promise<Watched<D>> {
  const time = fakeTime(MORNING);
  const platform = testPlatform({ seed: 'collected', time, send: receiver().send(time) });
  const real = createClient({ registry, endpoint: 'memory://server', platform });
  if (options.isAsked !== false) await real.consent.grant();
  const calls: Call[] = [];
  let told = 0;
  const client: Client<D> = {
    ...real,
    record(id, ...value) {
      calls.push(['record', id, ...value.filter((v) => v !== undefined)]);
      real.record(id, ...value);
    },
    flush() {
      calls.push(['flush']);
      return real.flush();
    },
    flushNow() {
      calls.push(['flushNow']);
      real.flushNow();
    },
  };
  return {
    client,
    calls,
    news() {
      const fresh = calls.slice(told);
      told = calls.length;
      const recorded = fresh.filter(([what]) => what === 'record');
      return recorded.map(([, id, ...value]) => [id as string, ...value]);
    },
    drops: async () => (await real.snapshot()).drops,
  };
}

/** An event with the members that the collectors read. */
export function eventWith(type: string, members: object = {}): Event {
  return Object.assign(new Event(type), members);
}

/** Timers that run when told. */
export interface Timers {
  readonly delays: readonly number[];
  readonly unreferenced: number;
  setTimeout(task: () => void, delay: number): unknown;
  setInterval(task: () => void, delay: number): unknown;
  clearTimeout(timer: unknown): void;
  clearInterval(timer: unknown): void;
  /** Runs each once. */
  run(): void;
}

export function timers(): Timers {
  const running = new Map<unknown, { readonly task: () => void; readonly delay: number; readonly isOnce: boolean }>();
  let unreferenced = 0;
  const add = (task: () => void, delay: number, isOnce: boolean): unknown => {
    const timer = {
      unref() {
        unreferenced++;
      },
    };
    running.set(timer, { task, delay, isOnce });
    return timer;
  };
  return {
    get delays() {
      return [...running.values()].map(({ delay }) => delay);
    },
    get unreferenced() {
      return unreferenced;
    },
    setTimeout: (task, delay) => add(task, delay, true),
    setInterval: (task, delay) => add(task, delay, false),
    clearTimeout: (timer) => void running.delete(timer),
    clearInterval: (timer) => void running.delete(timer),
    run() {
      for (const [timer, { task, isOnce }] of [...running]) {
        if (isOnce) running.delete(timer);
        task();
      }
    },
  };
}
