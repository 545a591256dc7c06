/** Why something recorded, or something that was to be sent, did not leave. A closed list. */
export type DropReason =
  /** No metric of this id is declared. */
  | 'unknown-metric'
  /** The value is not one of the metric's. */
  | 'invalid-value'
  /** The metric has expired. */
  | 'inactive'
  /** The public switch-off document names the metric. */
  | 'switched-off'
  /** This installation does not report this metric in this budget window. */
  | 'not-drawn'
  /** The metric, or its higher epsilon, came after the person agreed. */
  | 'not-agreed'
  /** Consent is unknown, denied or withdrawn. */
  | 'no-consent'
  /** The app set the private flag. */
  | 'private'
  /** The period had been closed by another tab. */
  | 'period-closed'
  /** The period ended too long ago to be reported. */
  | 'too-old'
  /** The budget of the window, or of the lifetime, does not allow the charge. */
  | 'budget-exhausted'
  | 'lifetime-exhausted'
  /**
   * A latched metric is silent until the next epoch, since a second answer would tell more: what it stored is gone, by a
   * crash, a withdrawal or bad storage, or belongs to another declaration; or the ledger refused this epoch before.
   */
  | 'latch-lost'
  /** Too many batches wait. */
  | 'queue-full'
  /** The server refused the batch for good. */
  | 'refused'
  /** Storage is not durable, failed, or holds a ledger this version cannot read. */
  | 'storage-failed'
  /** The client was stopped. */
  | 'stopped';

/**
 * Losses by reason, counted on the device alone: how often a person hit a budget or sent a bad value is itself a
 * measurement, and would have to be randomized to leave.
 */
export type Drops = { [reason in DropReason]?: number };

/** Tells a developer who debugs of a period's life; never a value. */
export type Debug = (stage: string, of: string, more?: string | number) => void;

/** Counts a loss. */
export type Drop = (reason: DropReason, metric?: string) => void;
