const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Every default and limit of the client, with its reason. What both sides share is in `@dither/protocol`. */
export const policy = Object.freeze({
  /** At most one write a second for recorded events, however many there are. */
  flushDelay: 1000,
  /** A closed period's reports leave at a random moment of the next six hours: not when the app was opened. */
  dueWithin: 6 * HOUR,
  /** What fell due while the app was off waits this long at most: short enough for a visit of two minutes. */
  lateDelay: MINUTE,
  /** How often a running app looks whether a period has ended or a report is due. */
  tick: MINUTE,
  /** Delays between tries; a Retry-After is rounded up to one of them, so that a server cannot mark a device by it. */
  retryDelays: Object.freeze([MINUTE, 10 * MINUTE, HOUR, 6 * HOUR]),
  /** Each delay is stretched by a random factor of 1 to 1.5, so that devices do not return together. */
  retryJitter: 0.5,
  /** A text found in storage is believed up to here: the longest that any metric may declare, in UTF-16 code units. */
  maxStoredText: 1024,
  /** Randomized bytes waiting to be sent: beyond it the oldest batch is dropped, whatever it says. */
  maxQueueBytes: 262_144,
  /**
   * The ledger keeps charges so long, in days, whatever the budget window: a later version may agree to a longer one, up
   * to this, and must find what was spent in it.
   */
  chargesKept: 364,
  /** Ended periods of a metric that wait to be closed: clocks that jump make more, and the oldest is skipped. */
  maxEndedPeriods: 2,
  /**
   * Records opened by another version of the app wait this long for it to run again, as in a tab left open: its
   * longest period, and the age a report may have.
   */
  otherVersionDays: 56,
  /** Between two looks at a lock that another process holds; it is held for a few milliseconds. */
  lockWait: 10,
  /** Longest wait for a lock, so that no app hangs on another: what was recorded meanwhile is lost. */
  lockPatience: 10_000,
  /** Breaking a dead process's lock takes milliseconds; whoever has been at it this long has died, too. */
  lockBreakerAge: 10_000,
  /** A lock from another container, or from before a restart, that has been seen this long belongs to nobody. */
  foreignLockAge: 60_000,
  /** An answer is read up to here; a receipt takes some 200 bytes. */
  maxAnswerBytes: 16_384,
});
