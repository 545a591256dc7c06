import { type Metric, periodStart, policy as protocolPolicy, type Registry } from '@dither/protocol';
import { debit, giveUp, isLatched, type Ledger } from './budget-ledger.js';
import { type Agreement, isAgreed } from './consent.js';
import type { DropReason } from './diagnostics.js';
import { policy } from './policy.js';
import type { OpenRecord, OpenRecords } from './recorder.js';

/** A period that has been paid for and waits to be randomized. */
export interface PaidPeriod {
  readonly metric: Metric;
  readonly record: OpenRecord;
  /** Its epoch had been paid for before: its value is not read. */
  readonly wasLatched: boolean;
}

export interface Closing {
  /** To be made durable before anything of `paid` is randomized. */
  readonly ledger: Ledger;
  readonly paid: readonly PaidPeriod[];
  /** The metric of each period closed, paid or refused by the ledger. */
  readonly closed: readonly Metric[];
  /** What stays open. */
  readonly open: OpenRecords;
  readonly drops: readonly DropReason[];
}

/** How many periods a process may close. */
export interface Permit {
  /** Whether one more period of this metric may be closed now, after `more` in the step under way. */
  mayClose(metric: Metric, more: number): boolean;
  /** Notes what was closed, once that is durable. */
  note(closed: readonly Metric[]): void;
}

/**
 * Takes the ended periods out of the open records and debits them. What is taken, and whether it is debited, follows
 * from registry, ledger, clock and the presence of a record, which does not depend on events: never from a value.
 */
export function closePeriods(
  registry: Registry,
  ledger: Ledger,
  open: OpenRecords,
  agreement: Agreement,
  permit: Permit,
): Closing {
  const today = ledger.highWater;
  const closing = {
    ledger,
    paid: [] as PaidPeriod[],
    closed: [] as Metric[],
    drops: [] as DropReason[],
    epoch: earliestEpoch(registry, ledger, open, permit),
  };
  const left: { [metric: string]: readonly OpenRecord[] } = {};
  for (const [id, records] of Object.entries(open)) {
    const metric = registry.metrics[id];
    const waiting = records.filter((record) => {
      if (isClosed(closing.ledger, id, record)) return false;
      // Opened by another version of the app, which may be running beside this one.
      if (metric?.fingerprint !== record.fingerprint) return today - record.start <= policy.otherVersionDays;
      return !isFinished(closing, registry, metric, record, agreement, permit, today);
    });
    const ended = waiting.filter((record) => isEnded(metric, record, today));
    const skipped = ended.slice(0, Math.max(0, ended.length - policy.maxEndedPeriods));
    for (const _ of skipped) closing.drops.push('too-old');
    if (waiting.length > skipped.length) left[id] = waiting.filter((record) => !skipped.includes(record));
  }
  return { ...closing, open: left };
}

/**
 * First day of the earliest epoch in which a latched metric has a period to close. One step closes those of no other
 * epoch, so that no batch holds two cohort draws; the others stay open for the next tick.
 */
function earliestEpoch(registry: Registry, ledger: Ledger, open: OpenRecords, permit: Permit): number {
  const epochs = registry.wire.flatMap((metric) =>
    metric.latch !== undefined && permit.mayClose(metric, 0)
      ? (open[metric.id] ?? [])
          .filter((record) => !isClosed(ledger, metric.id, record) && isEnded(metric, record, ledger.highWater))
          .map(({ start }) => periodStart(start, metric.epoch))
      : [],
  );
  return Math.min(...epochs);
}

function isClosed(ledger: Ledger, id: string, { start }: OpenRecord): boolean {
  return start <= (ledger.metrics[id]?.closed ?? -1);
}

function isEnded(metric: Metric | undefined, record: OpenRecord, today: number): boolean {
  return metric?.fingerprint === record.fingerprint && record.start + metric.period <= today;
}

/** Whether `record` is over and done with: reported, refused by the ledger, not agreed or too old. */
function isFinished(
  closing: { ledger: Ledger; paid: PaidPeriod[]; closed: Metric[]; drops: DropReason[]; epoch: number },
  registry: Registry,
  metric: Metric,
  record: OpenRecord,
  agreement: Agreement,
  permit: Permit,
  today: number,
): boolean {
  const end = record.start + metric.period;
  if (end > today) return false;
  const isTooOld = today - end > protocolPolicy.maxReportAgeDays;
  if (isTooOld || !isAgreed(agreement, metric, registry.budget.windowDays)) {
    closing.ledger = giveUp(closing.ledger, metric, record.start);
    closing.drops.push(isTooOld ? 'too-old' : 'not-agreed');
    return true;
  }
  if (metric.latch !== undefined && periodStart(record.start, metric.epoch) !== closing.epoch) return false;
  if (!permit.mayClose(metric, closing.closed.filter((other) => other === metric).length)) return false;
  closing.closed.push(metric);
  const wasLatched = isLatched(closing.ledger, metric, record.start);
  const debited = debit(closing.ledger, metric, record.start, agreement, registry.budget.windowDays);
  closing.ledger = debited.ledger;
  if ('refused' in debited) closing.drops.push(debited.refused);
  else closing.paid.push({ metric, record, wasLatched });
  return true;
}
