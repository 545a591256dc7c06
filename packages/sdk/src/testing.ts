import { sourceFrom, type WordSource } from '@dither/mechanisms';
import seedrandom from 'seedrandom';
import { checkSeeded } from './errors.js';
import { memoryPlatform } from './platform/memory.js';
import type { Answer, Clock, Platform } from './platform/platform.js';

export { memoryPlatform, memoryStorage } from './platform/memory.js';

/** A reproducible word source. Reports made with it protect nobody. */
export function seededSource(seed: string): WordSource {
  const generator = seedrandom(seed);
  return sourceFrom(() => generator.int32());
}

/** A clock and timers that move when told. */
export interface FakeTime {
  readonly clock: Clock;
  readonly schedule: Platform['schedule'];
  /** Moves both clocks forward, running what falls due on the way, in order, and waiting for it. */
  advance(milliseconds: number): Promise<void>;
  /** Sets the wall clock alone, forward or back; no timer runs. */
  setWall(milliseconds: number): void;
}

interface Timer {
  readonly at: number;
  readonly task: () => Promise<void>;
}

export function fakeTime(start: number): FakeTime {
  let wall = start;
  let monotonic = 0;
  let timers: Timer[] = [];
  const move = (to: number): void => {
    wall += to - monotonic;
    monotonic = to;
  };
  return {
    clock: { wall: () => wall, monotonic: () => monotonic },
    schedule(delay, task) {
      const timer = { at: monotonic + delay, task };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    async advance(milliseconds) {
      const end = monotonic + milliseconds;
      for (;;) {
        const next = timers.reduce<Timer | undefined>((a, b) => (a !== undefined && a.at <= b.at ? a : b), undefined);
        if (next === undefined || next.at > end) break;
        timers = timers.filter((other) => other !== next);
        move(next.at);
        await next.task();
      }
      move(end);
    },
    setWall(milliseconds) {
      wall = milliseconds;
    },
  };
}

export interface TestPlatformOptions {
  /** Seed, or a seeded source to share between installations. */
  readonly seed: string | WordSource;
  readonly time: FakeTime;
  /** Answers a batch in memory, or carries it to a server on this machine. */
  readonly send: (url: string, body: Uint8Array) => Promise<Answer>;
  /** The installation's storage; pass the same map again to restart it. */
  readonly texts?: Map<string, string>;
  readonly globalPrivacyControl?: boolean;
}

/**
 * A platform for tests: seeded, in memory, by a fake clock. It refuses to send anywhere but to this machine
 * (`memory://` endpoints are answered by `send` in memory): seeded noise must not be mistaken for protection.
 *
 * @throws ClientError (as a rejected send) for any other endpoint; `createClient` refuses it, too
 */
export function testPlatform(options: TestPlatformOptions): Platform {
  const { seed, time, send, ...rest } = options;
  return memoryPlatform({
    ...rest,
    source: typeof seed === 'string' ? seededSource(seed) : seed,
    clock: time.clock,
    schedule: time.schedule,
    async send(url, body) {
      checkSeeded(true, url);
      return send(url, body);
    },
  });
}
