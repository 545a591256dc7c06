import { MAX_REPORT_AGE_DAYS, periodStart } from '@dither/protocol';
import { closeIn, debit, isClosed, sumOfFresh } from './budget-ledger.js';
import type { Agreement } from './consent.js';
import type { Context } from './context.js';
import type { DropReason } from './diagnostics.js';
import { OTHER_VERSION_DAYS } from './policy.js';
import type { OpenRecord } from './recorder.js';
import type { AnyDeviceMetric } from './registry.js';
import { whyNotReported } from './reported.js';
import type { State } from './state.js';

/** A period that was closed: what happens in a step after its debit. */
export interface ClosedPeriod {
  readonly metric: AnyDeviceMetric;
  readonly record: OpenRecord;
  /** Its epoch had been paid for before: its value is not read. */
  readonly wasLatched: boolean | undefined;
  /** Why the ledger refused it: then there is no report. */
  readonly refused: DropReason | undefined;
}

/**
 * Takes the ended periods out of the open records and debits them. What is taken, and whether it is debited, follows
 * from registry, ledger, clock, the public switch-off document and the presence of a record, which does not depend on
 * events: never from a value.
 */
export function closePeriods(
  { registry, permit, drop }: Context,
  state: State,
  agreement: Agreement,
): readonly ClosedPeriod[] {
  const { latching, byId } = registry;
  const { ledger, open } = state;
  const today = ledger.highWater;
  const closed: ClosedPeriod[] = [];
  const isEnded = (metric: AnyDeviceMetric | undefined, { start, fingerprint }: OpenRecord): boolean =>
    metric?.fingerprint === fingerprint && start + metric.period <= today;
  const epoch = latching?.earliestEpoch(
    registry,
    state,
    (metric, record) => isEnded(metric, record) && permit.mayClose(metric, 0),
  );

  /** Whether a period that has ended stays open all the same. */
  function waits(metric: AnyDeviceMetric, record: OpenRecord): boolean {
    const { id, period } = metric;
    const { start } = record;
    const isTooOld = today - start - period > MAX_REPORT_AGE_DAYS;
    const whyNot = isTooOld ? 'too-old' : whyNotReported(registry, state, metric);
    // Who was drawn in the window that the period began in goes on to report it.
    if (whyNot && whyNot !== 'not-drawn') {
      closeIn(ledger, id, start);
      drop(whyNot, id);
      return false;
    }
    if (metric.epoch > period && periodStart(start, metric.epoch) !== epoch) return true;
    if (!permit.mayClose(metric, closed.filter((other) => other.metric === metric).length)) return true;
    const wasLatched = latching?.isLatched(ledger, metric, start);
    const refused = latching
      ? latching.debit(ledger, metric, start, agreement)
      : debit(ledger, metric, start, agreement, [metric.params.microEpsilon], sumOfFresh);
    if (refused) drop(refused, id);
    closed.push({ metric, record, wasLatched, refused });
    return false;
  }

  for (const id in open.records) {
    const metric = byId.get(id);
    const records = (open.records[id] as OpenRecord[]).filter((record) => {
      if (isClosed(ledger, id, record.start)) return false;
      // Opened by another version of the app, which may be running beside this one.
      if (metric?.fingerprint !== record.fingerprint) return today - record.start <= OTHER_VERSION_DAYS;
      return !isEnded(metric, record) || waits(metric, record);
    });
    if (records.length > 0) open.records[id] = records;
    else delete open.records[id];
  }
  return closed;
}
