import { uniformInt, type WordSource } from '@dither/mechanisms';
import {
  encodeBatch,
  type Metric,
  NONCE_BYTES,
  policy as protocolPolicy,
  type Registry,
  splitReports,
  type WireReport,
} from '@dither/protocol';
import { debit, giveUp, type Ledger } from './budget-ledger.js';
import { type Agreement, isAgreed } from './consent.js';
import type { DropReason } from './diagnostics.js';
import { policy } from './policy.js';
import type { MadeBatch } from './queue.js';
import { type OpenRecord, type OpenRecords, periodValue } from './recorder.js';

/** A period that has been paid for and waits to be randomized. */
export interface PaidPeriod {
  readonly metric: Metric;
  readonly record: OpenRecord;
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
  const closing = { ledger, paid: [] as PaidPeriod[], closed: [] as Metric[], drops: [] as DropReason[] };
  const left: { [metric: string]: readonly OpenRecord[] } = {};
  for (const [id, records] of Object.entries(open)) {
    const metric = registry.metrics[id];
    const waiting = records.filter((record) => {
      if (record.start <= (closing.ledger.metrics[id]?.closed ?? -1)) return false;
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

function isEnded(metric: Metric | undefined, record: OpenRecord, today: number): boolean {
  return metric?.fingerprint === record.fingerprint && record.start + metric.period <= today;
}

/** Whether `record` is over and done with: reported, refused by the ledger, not agreed or too old. */
function isFinished(
  closing: { ledger: Ledger; paid: PaidPeriod[]; closed: Metric[]; drops: DropReason[] },
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
  if (!permit.mayClose(metric, closing.closed.filter((other) => other === metric).length)) return false;
  closing.closed.push(metric);
  const debited = debit(closing.ledger, metric, record.start, agreement, registry.budget.windowDays);
  closing.ledger = debited.ledger;
  if ('refused' in debited) closing.drops.push(debited.refused);
  else closing.paid.push({ metric, record });
  return true;
}

/** The private step: from here on nothing true is left. Called only once the debit of `paid` is durable. */
export function randomizePeriods(
  registry: Registry,
  paid: readonly PaidPeriod[],
  source: WordSource,
): readonly WireReport[] {
  return paid.flatMap(({ metric, record }) => {
    const { client, params } = metric;
    if (client === undefined || params === undefined) return [];
    const report = client.randomize(params, periodValue(metric, record), source);
    return [{ index: registry.wire.indexOf(metric), window: record.start, bytes: client.encode(params, report) }];
  });
}

/** Batches of the reports, each with a nonce and a random due time of its own. */
export function makeBatches(
  registry: Registry,
  reports: readonly WireReport[],
  day: number,
  now: number,
  source: WordSource,
): readonly MadeBatch[] {
  return splitReports(registry, reports).map((part) => {
    const nonce = Uint8Array.from({ length: NONCE_BYTES }, () => uniformInt(source, 256));
    return {
      nonce,
      day,
      bytes: encodeBatch(registry, { day, nonce, reports: part }),
      due: now + uniformInt(source, policy.dueWithin),
      reports: part,
    };
  });
}
