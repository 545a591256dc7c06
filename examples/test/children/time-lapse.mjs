/**
 * Loaded ahead of a program: moves its calendar by `AHEAD` milliseconds, and makes its timers and its stopwatch run
 * `SPEED` times as fast. Processes that it starts inherit both.
 */
const { AHEAD = '0', SPEED = '1' } = process.env;
const speed = Number(SPEED);
const RealDate = Date;
const { setTimeout: realSetTimeout } = globalThis;
const realNow = performance.now.bind(performance);

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [globalThis.Date.now()] : parts));
  }
  static now() {
    return RealDate.now() + Number(AHEAD);
  }
};
performance.now = () => realNow() * speed;
globalThis.setTimeout = (task, delay, ...rest) => realSetTimeout(task, delay / speed, ...rest);
