import type { Charge, SumIn } from './budget-ledger.js';

/** Millionths of epsilon by metric. */
export interface Charged {
  [metric: string]: number;
}

/**
 * What of the charges falls into the budget window that ends on day `end`.
 *
 * A latched metric's epoch is one charge, made at its first report for all that follow. A window holds the larger of two
 * amounts: what was read in it, which is all of an epoch whose first report lies in it; and what was sent in it, which
 * follows from how many of an epoch's reports do (docs/adr/0009).
 */
export function chargedIn(charges: readonly Charge[], end: number, windowDays: number): Charged {
  const isInside = (day: number): boolean => day <= end && day > end - windowDays;
  const read: Charged = {};
  const sent: Charged = {};
  for (const [day, metric, micro, period = 1] of charges) {
    const table = typeof micro === 'number' ? [micro] : micro;
    const reports = table.filter((_, report) => isInside(day + report * period)).length;
    read[metric] = (read[metric] ?? 0) + (isInside(day) ? (table.at(-1) ?? 0) : 0);
    sent[metric] = (sent[metric] ?? 0) + (table[reports - 1] ?? 0);
  }
  for (const metric in sent) read[metric] = Math.max(read[metric] ?? 0, sent[metric] ?? 0);
  return read;
}

export const sumOfAll: SumIn = (charges, end, windowDays) =>
  Object.values(chargedIn(charges, end, windowDays)).reduce((sum, micro) => sum + micro, 0);
