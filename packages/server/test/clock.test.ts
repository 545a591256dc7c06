import { describe, expect, it } from 'vitest';
import { steadyClock, today } from '../src/clock.js';
import { DAY } from './fixture.js';

const HOUR = 3_600_000;
const DAY_MS = 24 * HOUR;

/** A machine: time passes, and its clock can be set. */
function machine(newestDay?: number) {
  const start = DAY * DAY_MS + 12 * HOUR;
  let [passed, set] = [0, 0];
  const raw = { now: () => start + passed + set, monotonic: () => passed };
  return {
    clock: steadyClock(raw, newestDay),
    raw,
    pass(milliseconds: number) {
      passed += milliseconds;
    },
    setBy(milliseconds: number) {
      set += milliseconds;
    },
  };
}

describe('a steady clock', () => {
  it('goes as the clock goes, also where that is set by a little', () => {
    const { clock, raw, pass, setBy } = machine();
    for (let i = 0; i < 100; i++) {
      pass(HOUR);
      setBy((i % 7) * 60_000 - 180_000);
      expect(clock.now()).toBe(raw.now());
    }
  });

  it.each([500 * DAY_MS, -500 * DAY_MS, 7 * HOUR])(
    'does not take part in a leap of %i ms that is taken back',
    (leap) => {
      const { clock, raw, pass, setBy } = machine();
      setBy(leap);
      for (let i = 0; i < 11; i++) {
        expect(clock.now()).toBe(raw.now() - leap);
        pass(HOUR / 12);
      }
      setBy(-leap);
      expect(clock.now()).toBe(raw.now());
    },
  );

  it('believes it when it has gone on from there for an hour, and not one that leaps about', () => {
    const { clock, raw, pass, setBy } = machine();
    setBy(30 * DAY_MS);
    clock.now();
    pass(HOUR - 1);
    expect(today(clock)).toBe(DAY);
    setBy(30 * DAY_MS);
    clock.now();
    pass(2);
    expect(today(clock)).toBe(DAY);
    pass(HOUR);
    expect(clock.now()).toBe(raw.now());
  });

  it('doubts a start that is far beyond what was counted, for an hour', () => {
    const { clock, pass } = machine(DAY - 20);
    expect(today(clock)).toBe(DAY - 20);
    pass(HOUR - 1);
    expect(today(clock)).toBe(DAY - 20);
    pass(1);
    expect(today(clock)).toBe(DAY);
    expect(today(machine(DAY - 8).clock)).toBe(DAY);
    expect(today(machine(DAY + 3).clock)).toBe(DAY);
  });

  it('is any clock that has no other to compare with', () => {
    let now = DAY * DAY_MS;
    const clock = steadyClock({ now: () => now }, DAY - 100);
    now += 500 * DAY_MS;
    expect(clock.now()).toBe(now);
  });
});
