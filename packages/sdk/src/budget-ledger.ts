import { MICRO } from '@dither/mechanisms';
import { type Metric, policy as protocolPolicy } from '@dither/protocol';
import type { Agreement } from './consent.js';

/**
 * The account of what an installation has spent. Pure: each function takes a state and returns the next one; the
 * closer makes it durable before anything is randomized.
 *
 * Charges are kept per app and storage origin, by metric id, never by fingerprint: a changed metric inherits what it
 * spent. A charge is dated by the last day of the period it was spent on, so a rolling budget window over period
 * ends is what is bounded, however late the periods were closed.
 */
export interface Ledger {
  readonly version: 1;
  /** The latest day ever seen. Time does not run back behind it. */
  readonly highWater: number;
  /** Millionths of epsilon spent ever. */
  readonly spent: number;
  /** Charges that a budget window of a period still to be closed can hold: day, metric, millionths of epsilon. */
  readonly charges: readonly (readonly [day: number, metric: string, micro: number])[];
  /** By metric: first day of the latest period that was reported or given up, and millionths spent ever. */
  readonly metrics: { readonly [metric: string]: { readonly closed: number; readonly spent: number } };
  /** The metrics drawn for the budget window that starts on day `window`. */
  readonly draw: { readonly window: number; readonly metrics: readonly string[] };
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
    ledger.charges.every(([day, , micro]) => isAmount(day) && isAmount(micro)) &&
    Object.values(ledger.metrics).every(({ closed, spent }) => Number.isSafeInteger(closed) && isAmount(spent)) &&
    Array.isArray(ledger.draw?.metrics);
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

export type Debit =
  | { readonly ledger: Ledger }
  | { readonly ledger: Ledger; readonly refused: 'budget-exhausted' | 'lifetime-exhausted' };

/**
 * Debits one report of `metric` for the period that starts on day `start`, if the agreement allows it. Either way
 * the period is closed and cannot be debited again.
 */
export function debit(ledger: Ledger, metric: Metric, start: number, agreement: Agreement, windowDays: number): Debit {
  const before = ledger.metrics[metric.id] ?? { closed: -1, spent: 0 };
  const closed = { ...ledger.metrics, [metric.id]: { ...before, closed: Math.max(before.closed, start) } };
  const day = start + metric.period - 1;
  const micro = metric.microEpsilon;
  // The last day of the oldest period that may still be closed.
  const oldest = ledger.highWater - protocolPolicy.maxReportAgeDays - 1;
  if (ledger.spent + micro > capOf(agreement.lifetime)) {
    return { ledger: { ...ledger, metrics: closed }, refused: 'lifetime-exhausted' };
  }
  if (worstWindow(ledger, day, windowDays) + micro > capOf(agreement.perWindow)) {
    return { ledger: { ...ledger, metrics: closed }, refused: 'budget-exhausted' };
  }
  return {
    ledger: {
      ...ledger,
      spent: ledger.spent + micro,
      charges: [...ledger.charges.filter(([d]) => d > oldest - windowDays), [day, metric.id, micro]],
      metrics: { ...closed, [metric.id]: { closed: Math.max(before.closed, start), spent: before.spent + micro } },
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
export function giveUp(ledger: Ledger, metric: Metric, start: number): Ledger {
  const before = ledger.metrics[metric.id] ?? { closed: -1, spent: 0 };
  return {
    ...ledger,
    metrics: { ...ledger.metrics, [metric.id]: { ...before, closed: Math.max(before.closed, start) } },
  };
}

/** The largest sum of charges in any budget window of `windowDays` days that holds `day`. */
function worstWindow(ledger: Ledger, day: number, windowDays: number): number {
  const near = ledger.charges.filter(([d]) => Math.abs(d - day) < windowDays);
  const ends = new Set([day, ...near.map(([d]) => d).filter((d) => d > day)]);
  let worst = 0;
  for (const end of ends) {
    let sum = 0;
    for (const [d, , micro] of near) if (d <= end && d > end - windowDays) sum += micro;
    worst = Math.max(worst, sum);
  }
  return worst;
}

/** Millionths of epsilon spent in the budget window that ends today. */
export function spentInWindow(
  ledger: Ledger,
  windowDays: number,
): { readonly all: number; readonly byMetric: { readonly [metric: string]: number } } {
  let all = 0;
  const byMetric: { [metric: string]: number } = {};
  for (const [day, metric, micro] of ledger.charges) {
    if (day <= ledger.highWater - windowDays) continue;
    all += micro;
    byMetric[metric] = (byMetric[metric] ?? 0) + micro;
  }
  return { all, byMetric };
}
