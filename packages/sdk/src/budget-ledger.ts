import { MICRO } from '@dither/mechanisms';
import { MAX_REPORT_AGE_DAYS } from '@dither/protocol';
import type { Agreement } from './consent.js';
import { CHARGES_KEPT } from './policy.js';

/**
 * The account of what an installation has spent. Functions change the ledger they are given, which its step has read for
 * itself; the step makes it durable before anything is randomized.
 *
 * Charges are kept per app and storage origin, by metric id, never by fingerprint: a changed metric inherits what it
 * spent. A charge is dated by the last day of the period it was spent on, so a rolling budget window over period
 * ends is what is bounded, however late the periods were closed.
 */
export interface Ledger {
  readonly version: 1;
  /** The latest day ever seen. Time does not run back behind it. */
  highWater: number;
  /** Millionths of epsilon spent ever. */
  spent: number;
  /** Charges that a budget window of a period still to be closed can hold. */
  charges: Charge[];
  readonly metrics: { [metric: string]: Account };
  /** The metrics drawn for the budget window that starts on day `window`. */
  draw: { readonly window: number; readonly metrics: readonly string[] };
  /**
   * The latest epoch for which a cohort draw was made: noted before it is made, and kept through withdrawal. Whatever was
   * not latched before is silent in all that began before `until`, but for this very epoch while its draw is stored:
   * no epoch ever shows two draws. Where the draw is gone, `first` is `until`.
   */
  drawn?: { readonly first: number; readonly until: number };
}

/**
 * Day of the first report, metric, millionths of epsilon. For the reports of an epoch: what one, two, ... of them cost
 * together, and the days between two.
 */
export type Charge = readonly [day: number, metric: string, micro: number | readonly number[], period?: number];

interface Account {
  /** First day of the latest period that was reported or given up. */
  closed: number;
  /** Millionths of epsilon spent ever. */
  spent: number;
  /** First day after the latest epoch that was latched or refused, under whatever declaration: it survives withdrawal. */
  latchedUntil?: number;
}

export function emptyLedger(): Ledger {
  return { version: 1, highWater: 0, spent: 0, charges: [], metrics: {}, draw: { window: -1, metrics: [] } };
}

/**
 * Of the text of a ledger, a value that is none: neither a list or a table, nor a name, nor an amount or a day. -1 is a window
 * that nothing was drawn for yet.
 */
const STRANGE = /[[:,](?!"[a-z]|[[{\]]|\d{1,15}[\]},]|-1,"metrics")/;

/**
 * Reads a ledger; where there is none, a new one.
 * @throws an Error unless it is one of this version, of whole numbers: then nothing may be spent
 */
export function parseLedger(text: string | undefined): Ledger {
  if (text === undefined) return emptyLedger();
  const ledger: Ledger = JSON.parse(text);
  const { version, highWater, spent, charges, metrics, draw } = ledger;
  const isWhole = highWater + spent >= 0 && Array.isArray(charges) && metrics && draw.metrics;
  if (version !== 1 || !isWhole || STRANGE.test(text)) throw new Error('not a ledger');
  return ledger;
}

/** What `metric` has spent, and how far it is closed. */
export function accountOf({ metrics }: Ledger, id: string): Account {
  metrics[id] ??= { closed: -1, spent: 0 };
  return metrics[id];
}

/** Closes a period: it cannot be debited any more. */
export function closeIn(ledger: Ledger, id: string, start: number): void {
  const account = accountOf(ledger, id);
  account.closed = Math.max(account.closed, start);
}

/** Whether the metric's period that starts on day `start` was reported or given up. */
export function isClosed(ledger: Ledger, id: string, start: number): boolean {
  return start <= (ledger.metrics[id]?.closed ?? -1);
}

/** Millionths of epsilon that `charges` come to in the budget window that ends on day `end`. */
export type SumIn = (charges: readonly Charge[], end: number, windowDays: number) => number;

/**
 * The sum where no metric is latched. Should an earlier version have had latched ones, each of their epochs counts whole in
 * any window that holds a report of it: at least what it really comes to (`charges.ts`).
 */
export const sumOfFresh: SumIn = (charges, end, windowDays) =>
  charges.reduce(
    (sum, charge) =>
      sum + (charge[0] <= end && lastDay(charge) > end - windowDays ? ([charge[2]].flat().at(-1) ?? 0) : 0),
    0,
  );

/** The day of a charge's last report. */
function lastDay([day, , micro, period = 1]: Charge): number {
  return typeof micro === 'number' ? day : day + (micro.length - 1) * period;
}

/**
 * Debits a report for the period that starts on day `start`, if the agreement allows it. Either way the period is closed and
 * cannot be debited again.
 *
 * @param micro - what the charge comes to, in millionths
 * @returns why nothing was debited
 */
export function debit(
  ledger: Ledger,
  start: number,
  charge: Charge,
  micro: number,
  { lifetime, perWindow, windowDays }: Agreement,
  sumIn: SumIn,
): 'budget-exhausted' | 'lifetime-exhausted' | undefined {
  const [day, id] = charge;
  closeIn(ledger, id, start);
  if (isOver(ledger.spent + micro, lifetime)) return 'lifetime-exhausted';
  const charges = [...ledger.charges, charge];
  // What was paid for is held to the caps, too: the person may have agreed to less since.
  const past = lastDay(charge) + windowDays;
  const near = charges.filter((other) => other[0] < past && lastDay(other) > day - windowDays);
  // Where the last report has come in, a sum can only shrink.
  const latest = Math.max(...near.map(lastDay));
  for (let end = day; end <= latest && end < past; end++) {
    if (isOver(sumIn(near, end, windowDays), perWindow)) return 'budget-exhausted';
  }
  if (micro > 0) {
    ledger.spent += micro;
    accountOf(ledger, id).spent += micro;
    // From the last day of the oldest period that may still be closed.
    const needed = ledger.highWater - MAX_REPORT_AGE_DAYS - 1 - Math.max(windowDays, CHARGES_KEPT);
    ledger.charges = charges.filter((other) => lastDay(other) > needed);
  }
  return undefined;
}

/**
 * Whether so many millionths are more than a cap; the error of the product alone must not take one away (8.2 times a million
 * comes out below 8,200,000).
 */
function isOver(micro: number, cap: number): boolean {
  return micro > cap * MICRO + 0.001;
}
