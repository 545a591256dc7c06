import type { Metric } from '@dither/protocol';
import { closeIn, emptyLedger, type Ledger } from '../../src/budget-ledger.js';
import { chargedIn } from '../../src/charges.js';
import type { Agreement } from '../../src/consent.js';
import { latching } from '../../src/latching.js';
import type { AnyDeviceMetric } from '../../src/registry.js';

/** Steps change ledgers in place; tests would rather compare a ledger with the one before. */

export const EMPTY_LEDGER: Ledger = emptyLedger();

type AnyMetric = Pick<Metric, 'id' | 'period' | 'epoch' | 'microEpoch' | 'params'>;

export function debit(
  before: Ledger,
  metric: AnyMetric,
  start: number,
  agreement: Agreement,
): { readonly ledger: Ledger; readonly refused?: string } {
  const ledger = structuredClone(before);
  const refused = latching.debit(ledger, metric as AnyDeviceMetric, start, agreement);
  return refused ? { ledger, refused } : { ledger };
}

export function giveUp(before: Ledger, { id }: AnyMetric, start: number): Ledger {
  const ledger = structuredClone(before);
  closeIn(ledger, id, start);
  return ledger;
}

export function spentInWindow(
  { charges, highWater }: Ledger,
  windowDays: number,
): { readonly all: number; readonly byMetric: { readonly [metric: string]: number } } {
  const byMetric = chargedIn(charges, highWater, windowDays);
  return { all: Object.values(byMetric).reduce((sum, micro) => sum + micro, 0), byMetric };
}

/** The ledger once it is known which cohort draw is stored. */
export function withoutDraw(before: Ledger, stored: Ledger['drawn']): Ledger {
  const ledger = structuredClone(before);
  const draw = stored && { ...stored, draw: 0 };
  const state = {
    status: 'granted' as const,
    consent: { status: 'granted' as const, app: 'app', grants: 1 },
    ledger,
    latch: { grants: 1, draw, outputs: [] },
    queue: [],
    open: { merged: [], records: {} },
    off: {},
  };
  latching.open(state);
  return ledger;
}
