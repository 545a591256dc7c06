import { MICRO } from '@dither/mechanisms';
import { type Metric, periodStart, policy as protocolPolicy } from '@dither/protocol';
import type { Agreement } from './consent.js';
import { policy } from './policy.js';

/**
 * The account of what an installation has spent. Pure: each function takes a state and returns the next one; the
 * closer makes it durable before anything is randomized.
 *
 * Charges are kept per app and storage origin, by metric id, never by fingerprint: a changed metric inherits what it
 * spent. A charge is dated by the last day of the period it was spent on, so a rolling budget window over period
 * ends is what is bounded, however late the periods were closed.
 *
 * A latched metric's epoch is one charge, made at its first report for all that follow. A rolling window holds the larger
 * of two amounts: what was read in it, which is all of an epoch whose first report lies in it; and what was sent in it,
 * which follows from how many of an epoch's reports do.
 */
export interface Ledger {
  readonly version: 1;
  /** The latest day ever seen. Time does not run back behind it. */
  readonly highWater: number;
  /** Millionths of epsilon spent ever. */
  readonly spent: number;
  /** Charges that a budget window of a period still to be closed can hold. */
  readonly charges: readonly Charge[];
  readonly metrics: { readonly [metric: string]: Account };
  /** The metrics drawn for the budget window that starts on day `window`. */
  readonly draw: { readonly window: number; readonly metrics: readonly string[] };
  /**
   * The latest epoch for which a cohort draw was made: noted before it is made, and kept through withdrawal. Whatever was
   * not latched before is silent in all that began before `until`, but for this very epoch while its draw is stored:
   * no epoch ever shows two draws. Where the draw is gone, `first` is `until`.
   */
  readonly drawn?: { readonly first: number; readonly until: number };
}

/**
 * Day of the first report, metric, millionths of epsilon. For the reports of an epoch: what one, two, ... of them cost
 * together, and the days between two.
 */
export type Charge = readonly [day: number, metric: string, micro: number | readonly number[], period?: number];

interface Account {
  /** First day of the latest period that was reported or given up. */
  readonly closed: number;
  /** Millionths of epsilon spent ever. */
  readonly spent: number;
  /** First day after the latest epoch that was latched or refused, under whatever declaration: it survives withdrawal. */
  readonly latchedUntil?: number;
}

export const EMPTY_LEDGER: Ledger = Object.freeze({
  version: 1,
  highWater: 0,
  spent: 0,
  charges: [],
  metrics: {},
  draw: { window: -1, metrics: [] },
});

/** @throws SyntaxError for a text that is not a ledger of this version: then nothing may be spent */
export function parseLedger(text: string | undefined): Ledger {
  if (text === undefined) return EMPTY_LEDGER;
  const ledger = JSON.parse(text) as Ledger;
  const isSound =
    ledger?.version === 1 &&
    isAmount(ledger.highWater) &&
    isAmount(ledger.spent) &&
    Array.isArray(ledger.charges) &&
    ledger.charges.every(([day, , micro, period = 1]) => [day, micro, period].flat().every(isAmount)) &&
    Object.values(ledger.metrics).every(
      ({ closed, spent, latchedUntil = 0 }) =>
        Number.isSafeInteger(closed) && isAmount(spent) && isAmount(latchedUntil),
    ) &&
    Array.isArray(ledger.draw?.metrics) &&
    Object.values(ledger.drawn ?? {}).every(isAmount);
  if (!isSound) throw new SyntaxError('not a ledger of this version');
  return ledger;
}

function isAmount(x: unknown): boolean {
  return Number.isSafeInteger(x) && (x as number) >= 0;
}

/** Moves time forward to `day`, never back. */
export function advance(ledger: Ledger, day: number): Ledger {
  return day > ledger.highWater ? { ...ledger, highWater: day } : ledger;
}

/** Notes that the latest epoch's cohort draw is gone, if `stored` is not it: by a crash, a withdrawal, or bad storage. */
export function withoutDraw(ledger: Ledger, stored: Ledger['drawn']): Ledger {
  const { drawn } = ledger;
  if (drawn === undefined || drawn.first === drawn.until) return ledger;
  const isStored = stored?.first === drawn.first && stored.until === drawn.until;
  return isStored ? ledger : { ...ledger, drawn: { first: drawn.until, until: drawn.until } };
}

/**
 * Whether this epoch of the metric was decided on already, by whatever declaration of its id: then it is latched or, if
 * the ledger refused it or what was stored is gone, silent. An epoch that overlaps one latched under another declaration
 * counts as latched: of no day are there two permanent answers.
 *
 * A metric that is latched no more needs no such silence: its fresh reports are charged beside what the epoch cost.
 */
export function isLatched(ledger: Ledger, metric: Metric, start: number): boolean {
  return metric.latch !== undefined && isDecided(ledger, metric.id, metric.epoch, start);
}

/** The same by an epoch's length in days, undefined unless the metric is latched. */
export function isDecided(ledger: Ledger, id: string, epoch: number | undefined, start: number): boolean {
  if (epoch === undefined) return false;
  const first = periodStart(start, epoch);
  if (first < (ledger.metrics[id]?.latchedUntil ?? 0)) return true;
  const { drawn } = ledger;
  if (drawn === undefined || first >= drawn.until) return false;
  return first !== drawn.first || first + epoch !== drawn.until;
}

export type Debit =
  | { readonly ledger: Ledger }
  | { readonly ledger: Ledger; readonly refused: 'budget-exhausted' | 'lifetime-exhausted' };

/**
 * Debits the report of `metric` for the period that starts on day `start`, if the agreement allows it; for a latched
 * metric also all that follow in its epoch, unless they were debited before. Either way the period is closed and
 * cannot be debited again.
 *
 * A latched metric that is refused is silent for the rest of its epoch: were it to try again, it would start later, when
 * fewer reports are left and cost less.
 */
export function debit(before: Ledger, metric: Metric, start: number, agreement: Agreement, windowDays: number): Debit {
  const { id, period, epoch, latch } = metric;
  const wasLatched = isLatched(before, metric, start);
  const first = periodStart(start, epoch);
  const until = first + epoch;
  const ledger = giveUp(before, metric, start, wasLatched || latch === undefined ? {} : { latchedUntil: until });
  const table = wasLatched ? [] : metric.microEpoch.slice(0, (until - start) / period);
  const micro = table.at(-1) ?? 0;
  const day = start + period - 1;
  const charge: Charge = table.length > 1 ? [day, id, table, period] : [day, id, micro];
  if (ledger.spent + micro > capOf(agreement.lifetime)) return { ledger, refused: 'lifetime-exhausted' };
  const charges = [...ledger.charges, charge];
  // What was paid for is held to the caps, too: the person may have agreed to less since.
  if (worstWindow(charges, charge, windowDays) > capOf(agreement.perWindow)) {
    return { ledger, refused: 'budget-exhausted' };
  }
  if (micro === 0) return { ledger };
  // The last day of the oldest period that may still be closed.
  const oldest = ledger.highWater - protocolPolicy.maxReportAgeDays - 1;
  const needed = oldest - Math.max(windowDays, policy.chargesKept);
  const own = ledger.metrics[id] as Account;
  return {
    ledger: {
      ...ledger,
      spent: ledger.spent + micro,
      charges: charges.filter((other) => lastDay(other) > needed),
      metrics: { ...ledger.metrics, [id]: { ...own, spent: own.spent + micro } },
      ...(latch && { drawn: { first, until } }),
    },
  };
}

/**
 * A cap in whole millionths, rounded down; but the error of the product alone must not take one away (8.2 times a
 * million comes out below 8,200,000).
 */
function capOf(epsilon: number): number {
  return Math.floor(epsilon * MICRO + 0.001);
}

/** Closes a period without spending: it is not reported. */
export function giveUp(
  ledger: Ledger,
  metric: Metric,
  start: number,
  more: Pick<Account, 'latchedUntil'> = {},
): Ledger {
  const before = ledger.metrics[metric.id] ?? { closed: -1, spent: 0 };
  return {
    ...ledger,
    metrics: { ...ledger.metrics, [metric.id]: { ...before, ...more, closed: Math.max(before.closed, start) } },
  };
}

/** The largest sum of `charges` in any budget window of `windowDays` days that holds a report of `charge`. */
function worstWindow(charges: readonly Charge[], charge: Charge, windowDays: number): number {
  const [first] = charge;
  const last = lastDay(charge);
  const near = charges.filter((other) => other[0] < last + windowDays && lastDay(other) > first - windowDays);
  // Where the last report has come in, a sum can only shrink.
  const latest = near.reduce((day, other) => Math.max(day, lastDay(other)), last);
  let worst = 0;
  for (let end = first; end < last + windowDays && end <= latest; end++) {
    worst = Math.max(worst, chargedIn(near, end, windowDays).all);
  }
  return worst;
}

/** What of the charges falls into the budget window that ends on day `end`. */
function chargedIn(charges: readonly Charge[], end: number, windowDays: number): Charged {
  const isInside = (day: number): boolean => day <= end && day > end - windowDays;
  const read: { [metric: string]: number } = {};
  const sent: { [metric: string]: number } = {};
  for (const [day, metric, micro, period = 1] of charges) {
    const table = typeof micro === 'number' ? [micro] : micro;
    const reports = table.filter((_, report) => isInside(day + report * period)).length;
    read[metric] = (read[metric] ?? 0) + (isInside(day) ? (table.at(-1) as number) : 0);
    sent[metric] = (sent[metric] ?? 0) + (table[reports - 1] ?? 0);
  }
  const byMetric: { [metric: string]: number } = {};
  let all = 0;
  for (const metric of Object.keys(read)) {
    const micro = Math.max(read[metric] as number, sent[metric] as number);
    byMetric[metric] = micro;
    all += micro;
  }
  return { all, byMetric };
}

/** The day of a charge's last report. */
function lastDay([day, , micro, period = 1]: Charge): number {
  return typeof micro === 'number' ? day : day + (micro.length - 1) * period;
}

interface Charged {
  readonly all: number;
  readonly byMetric: { readonly [metric: string]: number };
}

/** Millionths of epsilon spent in the budget window that ends today. */
export function spentInWindow(ledger: Ledger, windowDays: number): Charged {
  return chargedIn(ledger.charges, ledger.highWater, windowDays);
}
