import { DAY_MS, MAX_REPORT_AGE_DAYS, type Value, type WirePlace } from '@dither/protocol';
import { closeIn, debit, isClosed, sumOfFresh } from './budget-ledger.js';
import type { Agreement } from './consent.js';
import type { Drop } from './diagnostics.js';
import type { Platform } from './platform/platform.js';
import { OTHER_VERSION_DAYS } from './policy.js';
import type { OpenRecord } from './recorder.js';
import type { AnyDeviceMetric, DeviceRegistry } from './registry.js';
import { whyNotReported } from './reported.js';
import type { State } from './state.js';

/** A period that was closed and paid for: what happens in a step after its debit. */
export interface PaidPeriod extends WirePlace {
  readonly metric: AnyDeviceMetric;
  /** What it came to; undefined where its epoch had been paid for before: then it is not read. */
  readonly value: Value | undefined;
}

/**
 * Takes the ended periods out of the open records and debits them. What is taken, and whether it is debited, follows
 * from registry, ledger, clock, the public switch-off document and the presence of a record, which does not depend on
 * events: never from a value.
 */
export function closePeriods(
  registry: DeviceRegistry,
  { closings, clock }: Platform,
  drop: Drop,
  state: State,
  agreement: Agreement,
): readonly PaidPeriod[] {
  const { latching } = registry;
  const { ledger } = state;
  const { records } = state.open;
  const today = ledger.highWater;
  const paid: PaidPeriod[] = [];

  /**
   * One closing per process start, and one more per period that has passed by the clock that cannot be set: however
   * the device's clock jumps, a running process closes no more periods than time has really held.
   */
  function mayClose(metric: AnyDeviceMetric): boolean {
    const closed = (closings.get(metric.id) ?? 0) + paid.filter((other) => other.metric === metric).length;
    return closed * metric.period * DAY_MS <= clock.monotonic();
  }

  const waits = latching?.waiting(registry, state, mayClose);
  for (const id in records) {
    const metric = registry.byId.get(id);
    const left = (records[id] as OpenRecord[]).filter(({ start, fingerprint, value }) => {
      if (isClosed(ledger, id, start)) return false;
      // Opened by another version of the app, which may be running beside this one.
      if (metric?.fingerprint !== fingerprint) return today - start <= OTHER_VERSION_DAYS;
      const age = today - start - metric.period;
      if (age < 0) return true;
      const whyNot = age > MAX_REPORT_AGE_DAYS ? 'too-old' : whyNotReported(registry, state, metric);
      // Who was drawn in the window that the period began in goes on to report it.
      if (whyNot && whyNot !== 'not-drawn') {
        closeIn(ledger, id, start);
        drop(whyNot, id);
        return false;
      }
      if (waits?.(metric, start) || !mayClose(metric)) return true;
      const micro = metric.params.microEpsilon;
      const wasLatched = latching?.isLatched(ledger, metric, start);
      const refused = latching
        ? latching.debit(ledger, metric, start, agreement)
        : debit(ledger, start, [start + metric.period - 1, id, micro], micro, agreement, sumOfFresh);
      if (refused) drop(refused, id);
      else {
        const read = wasLatched ? undefined : (value ?? metric.none);
        paid.push({ metric, index: registry.wire.indexOf(metric), window: start, value: read });
      }
      return false;
    });
    if (left.length > 0) records[id] = left;
    else delete records[id];
  }
  return paid;
}
