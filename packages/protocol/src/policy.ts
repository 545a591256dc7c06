/** The layout of batches (`wire/batch.ts`). */
export const WIRE_VERSION = 1;
export const NONCE_BYTES = 16;
export const HEADER_BYTES = 27;

/** A device reads an answer up to here, in characters; a receipt takes some 200. */
export const MAX_ANSWER_LENGTH = 16_384;

/** A switch-off document is read whole on every device, so it is short: characters, all of them ASCII as written. */
export const MAX_SWITCH_OFF_LENGTH = 16_384;

/** A batch, whole, in bytes: four of them fit the 60 KiB a browser lets a closing page send. */
export const MAX_BATCH_BYTES = 14_336;

/** How far a report's period may lie behind the day its batch was made, in days from the period's end. */
export const MAX_REPORT_AGE_DAYS = 28;

/**
 * Days a server remembers which batches it has counted. A batch made on an older day is refused for good, so
 * that a replay after the memory is gone cannot count twice; a device drops it at the same age.
 */
export const RETAINED_DAYS = 8;

/**
 * Every default and limit both sides share, each with its reason. Those a device needs are constants of their own above:
 * an app bundles no others.
 */
export const policy = /* @__PURE__ */ Object.freeze({
  /** One report lets nobody raise their odds about any answer by more than e. */
  defaultEpsilon: 1,
  /** Above 4 one report shifts odds 55-fold: the metric must say why. */
  epsilonNeedingReason: 4,
  /** Above 10 a report is the truth 22,025 times in 22,026. That is not local privacy. */
  maxEpsilon: 10,

  budget: Object.freeze({
    /** Sum over all metrics that one installation spends in one budget window. */
    perWindow: 8,
    /** Four whole weeks: periods of 1, 7 and 28 days all divide it. */
    windowDays: 28,
    /** A year of full windows (13 of 8), then silence. */
    lifetime: 104,
  }),

  /** Cadences that tile a budget window. */
  periods: Object.freeze([1, 7, 28] as const),

  /** A bitmap of present metrics stays within 64 bytes. */
  maxMetrics: 512,
  /** A description is read by people, and ships in the app. */
  maxTextLength: 500,
  /** Categories of one metric. */
  maxCategories: 4096,

  maxBatchBytes: MAX_BATCH_BYTES,
  maxReportAgeDays: MAX_REPORT_AGE_DAYS,
  retainedDays: RETAINED_DAYS,
  /** A device's clock may run ahead: a batch may be dated this many days after the server's day. */
  clockSkewDays: 1,
  /** A server keeps asking for a retry this long while it does not know a registry. */
  unknownRegistryDays: 7,
});

/** Days before an expiry at which `registry check` begins to fail. */
export const EXPIRY_NOTICE_DAYS = 30;
