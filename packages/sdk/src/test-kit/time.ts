import { sourceFrom, type WordSource } from '@dither/mechanisms';
import seedrandom from 'seedrandom';
import type { Clock, Platform } from '../platform/platform.js';

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
