/**
 * Every default and limit of the client, with its reason; what both sides share is in `@dither/protocol`. Constants of
 * their own rather than one object, in a file without imports: an app bundles those it uses, and bundlers put them where they
 * are used.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** At most one write a second for recorded events, however many there are. */
export const FLUSH_DELAY = 1000;

/** A closed period's reports leave at a random moment of the next six hours: not when the app was opened. */
export const DUE_WITHIN = 6 * HOUR;

/** What fell due while the app was off waits this long at most: short enough for a visit of two minutes. */
export const LATE_DELAY = MINUTE;

/** How often a running app looks whether a period has ended or a report is due. */
export const TICK = MINUTE;

/** The longest delay between tries. */
export const LONGEST_RETRY_DELAY = 6 * HOUR;

/** No rule of ours puts a batch further ahead: one that is was dated by a clock that has since been set back. */
export const FARTHEST_DUE = 1.5 * DUE_WITHIN;

/** More than any record takes in storage with its metric's id, but for its text. */
export const RECORD_WIDTH = 208;

/** Bytes of one code unit of a text in storage, at most: \uXXXX. */
export const UNIT_WIDTH = 6;

/** A text found in storage is believed up to here: the longest that any metric may declare, in UTF-16 code units. */
export const MAX_STORED_TEXT = 1024;

/** Base64url of randomized batches: beyond it the oldest that wait are dropped, whatever they say; and so with those sent. */
export const MAX_LOG_LENGTH = 262_144;

/** What was sent can be looked at for so long, in days. */
export const LOG_DAYS = 90;

/**
 * The ledger keeps charges so long, in days, whatever the budget window: a later version may agree to a longer one, up
 * to this, and must find what was spent in it.
 */
export const CHARGES_KEPT = 364;

/**
 * Records opened by another version of the app wait this long for it to run again, as in a tab left open: its
 * longest period, and the age a report may have.
 */
export const OTHER_VERSION_DAYS = 56;

/** A request without an answer is given up after so many milliseconds. */
export const REQUEST_TIMEOUT = 30_000;

/** Between two looks at a lock that another process holds; it is held for a few milliseconds. */
export const LOCK_WAIT = 10;

/** Longest wait for a lock, so that no app hangs on another: what was recorded meanwhile is lost. */
export const LOCK_PATIENCE = 10_000;

/** Breaking a dead process's lock takes milliseconds; whoever has been at it this long has died, too. */
export const LOCK_BREAKER_AGE = 10_000;

/** A lock from another container, or from before a restart, that has been seen this long belongs to nobody. */
export const FOREIGN_LOCK_AGE = 60_000;

/** Delays between the first tries; a Retry-After is rounded up to one of them, so that a server cannot mark a device by it. */
export const RETRY_DELAYS: readonly number[] = [MINUTE, 10 * MINUTE, HOUR];
