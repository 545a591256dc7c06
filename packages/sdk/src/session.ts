import type { WordSource } from '@dither/mechanisms';
import { DAY_MS, dayOf, drawParticipation, type Metric, periodStart, type Registry } from '@dither/protocol';
import { advance, type Ledger, withoutDraw } from './budget-ledger.js';
import { closePeriods, type Permit } from './closer.js';
import { type Agreement, agreementTo, type ConsentRecord, isAgreed, narrowed } from './consent.js';
import type { Diagnostics, DropReason } from './diagnostics.js';
import { parseObject } from './json.js';
import { isEmpty, latchedUnder, neededOf, withoutDecided } from './latch.js';
import type { Platform } from './platform/platform.js';
import { enqueue } from './queue.js';
import { randomizePeriods } from './randomizer.js';
import { areRecords, emptyRecord, isSamePeriod, type OpenRecord, type OpenRecords, withRecord } from './recorder.js';
import type { Kept, Store } from './store.js';

/** What the steps of a client share. */
export interface Context {
  readonly registry: Registry;
  readonly platform: Platform;
  readonly store: Store;
  readonly diagnostics: Diagnostics;
  readonly permit: Permit;
}

/** What was recorded and is not kept yet. */
export interface Pending {
  /** The consent it was recorded under; undefined before storage was read. */
  readonly grants: number | undefined;
  readonly records: OpenRecords;
}

/** Name of the lock under which everything kept is read and written. */
export const STATE_LOCK = 'state';

/**
 * One closing per process start, and one more per period that has passed by the clock that cannot be set: however
 * the device's clock jumps, a running process closes no more periods than time has really held.
 */
export function closingPermit({ clock, closings }: Pick<Platform, 'clock' | 'closings'>, app: string): Permit {
  const keyOf = (metric: Metric): string => `${app} ${metric.id}`;
  return {
    mayClose(metric, more) {
      const allowed = 1 + Math.floor(clock.monotonic() / (metric.period * DAY_MS));
      return (closings.get(keyOf(metric)) ?? 0) + more < allowed;
    },
    note(closed) {
      for (const metric of closed) closings.set(keyOf(metric), (closings.get(keyOf(metric)) ?? 0) + 1);
    },
  };
}

/**
 * Brings what is kept up to date, under the lock: merges `pending` and crash notes into the open periods. A tick first
 * moves time forward, draws this budget window's metrics and marks the app as present in the periods it lies in; and
 * then closes the periods that have ended: debit, durably; then randomize; then keep what was latched; then queue.
 *
 * Only a tick does, since it comes by the clock alone: had an event opened or closed a period, that would show.
 *
 * @returns what is kept now
 */
export async function synchronize(context: Context, pending: Pending, isTick: boolean): Promise<Kept> {
  const { platform, registry, store } = context;
  // Before the person was asked nothing is written, not even a lock.
  const before = await store.read();
  if (before.status === 'unknown') return before;
  return platform.storage.lock(STATE_LOCK, async () => {
    const kept = await store.read();
    const agreement = kept.consent?.agreement;
    if (kept.status === 'denied') return erase(context, kept);
    if (kept.status === 'unknown' || agreement === undefined) return kept;

    const agreed = narrowed(agreement, registry);
    const consent =
      agreed.perWindow === agreement.perWindow && agreed.lifetime === agreement.lifetime
        ? kept.consent
        : { ...(kept.consent as ConsentRecord), agreement: agreed };
    const latched = latchedUnder(kept.latch, kept.consent?.grants ?? 0);
    const known = withoutDraw(kept.ledger, latched.draw);
    const ledger = isTick ? withDraw(registry, advance(known, dayOf(platform.clock.wall())), platform.source) : known;
    const notes = (await platform.storage.notes?.list()) ?? [];
    const fresh = notes.filter(([name]) => !kept.merged.includes(name));
    const present = isTick ? withPresence(registry, kept.open, ledger, agreed) : kept.open;
    const recorded = [...fresh.map(([, text]) => parseNote(text)), pending].map((one) =>
      recordsUnder(kept, one, context.diagnostics),
    );
    const whyNot = (metric: Metric | undefined): DropReason => whyNotOpen(registry, ledger, agreed, metric);
    const open = recorded.reduce((records, more) => merge(context, records, more, whyNot), present);

    const closing = isTick
      ? closePeriods(registry, ledger, open, agreed, context.permit)
      : { ledger, open, paid: [], closed: [], drops: [] };
    for (const reason of closing.drops) context.diagnostics.drop(reason);
    const paid: Kept = { ...kept, consent, ledger: closing.ledger };
    // The debit is durable before the first coin is tossed.
    await store.write(kept, paid, ['consent', 'ledger']);
    context.permit.note(closing.closed);

    const { batches, latch, lost } = randomizePeriods(registry, closing.paid, latched, {
      day: ledger.highWater,
      now: platform.clock.wall(),
      source: platform.source,
    });
    if (lost > 0) context.diagnostics.drop('latch-lost', lost);
    const { queue, dropped } = batches.length === 0 ? { queue: kept.queue, dropped: 0 } : enqueue(kept.queue, batches);
    if (dropped > 0) context.diagnostics.drop('queue-full', dropped);
    const merged = notes.length === 0 && kept.merged.length === 0 ? kept.merged : notes.map(([name]) => name);
    const left = withoutDecided(closing.open, closing.ledger);
    const needed = neededOf(latch, left, ledger.highWater);
    const after: Kept = {
      ...paid,
      latch: isEmpty(needed) && isEmpty(kept.latch) ? kept.latch : needed,
      queue,
      merged,
      open: isSame(kept.open, left) ? kept.open : left,
    };
    await store.write(paid, after, ['latch', 'queue', 'open']);
    if (notes.length > 0) await platform.storage.notes?.remove(merged);
    return after;
  });
}

/** A note that cannot be read is lost, and no reason to stop: it tells of a crash, and stopping would show. */
function parseNote(text: string): Pending | undefined {
  const { grants, records } = parseObject(text);
  return typeof grants === 'number' && areRecords(records) ? { grants, records } : undefined;
}

/** What was recorded under the consent that holds now: a withdrawal in between, in whatever tab, erased the rest. */
function recordsUnder(kept: Kept, pending: Pending | undefined, diagnostics: Diagnostics): OpenRecords {
  const isOfNow = pending?.grants === undefined || pending.grants === kept.consent?.grants;
  if (pending !== undefined && isOfNow) return pending.records;
  diagnostics.drop(pending === undefined ? 'storage-failed' : 'no-consent');
  return {};
}

/** Metrics that this installation reports in the periods open on the ledger's day. */
export function reportedMetrics(registry: Registry, ledger: Ledger, agreement: Agreement): readonly Metric[] {
  return registry.wire.filter(
    (metric) =>
      !isExpired(metric, ledger.highWater) &&
      isAgreed(agreement, metric, registry.budget.windowDays) &&
      (registry.participation === 'all' || ledger.draw.metrics.includes(metric.id)),
  );
}

/** Whether the period that `day` lies in reaches beyond the metric's last day: then it is not opened. */
export function isExpired(metric: Metric, day: number): boolean {
  return periodStart(day, metric.period) + metric.period > metric.expiryDay;
}

/** The draw of the budget window that today lies in: made once per window, before any of its values is read. */
function withDraw(registry: Registry, ledger: Ledger, source: WordSource): Ledger {
  const window = periodStart(ledger.highWater, registry.budget.windowDays);
  if (registry.participation === 'all' || ledger.draw.window === window) return ledger;
  const metrics = drawParticipation(registry.classes, registry.budget.windowDays, source);
  return { ...ledger, draw: { window, metrics } };
}

/** An open record for each reported metric: from here on its period is reported, whether anything happens or not. */
function withPresence(registry: Registry, open: OpenRecords, ledger: Ledger, agreement: Agreement): OpenRecords {
  const records: { [metric: string]: readonly OpenRecord[] } = { ...open };
  for (const metric of reportedMetrics(registry, ledger, agreement)) {
    const { id } = metric;
    const present = emptyRecord(metric, periodStart(ledger.highWater, metric.period));
    const own = records[id] ?? [];
    const isClosed = present.start <= (ledger.metrics[id]?.closed ?? -1);
    if (!isClosed && !own.some((record) => isSamePeriod(record, present))) records[id] = [...own, present];
  }
  return records;
}

/** Adds what was recorded to the periods that are open for it; the rest is dropped. */
function merge(
  { registry, platform, diagnostics }: Context,
  open: OpenRecords,
  more: OpenRecords,
  whyNot: (metric: Metric | undefined) => DropReason,
): OpenRecords {
  const result: { [metric: string]: readonly OpenRecord[] } = { ...open };
  for (const [id, records] of Object.entries(more)) {
    const metric = registry.metrics[id];
    for (const record of records) {
      const own = result[id];
      if (metric?.fingerprint === record.fingerprint && own?.some((other) => isSamePeriod(other, record))) {
        result[id] = withRecord(metric, own, record, platform.source);
      } else {
        diagnostics.drop(whyNot(metric));
      }
    }
  }
  return result;
}

/** Why there is no open period for something recorded. */
function whyNotOpen(registry: Registry, ledger: Ledger, agreement: Agreement, metric: Metric | undefined): DropReason {
  if (metric === undefined) return 'unknown-metric';
  if (!isAgreed(agreement, metric, registry.budget.windowDays)) return 'not-agreed';
  const isDrawn = registry.participation === 'all' || ledger.draw.metrics.includes(metric.id);
  return isDrawn ? 'period-closed' : 'not-drawn';
}

function isSame(a: OpenRecords, b: OpenRecords): boolean {
  const ids = Object.keys(b);
  return (
    ids.length === Object.keys(a).length &&
    ids.every((id) => {
      const [own, other] = [a[id] ?? [], b[id] ?? []];
      return own.length === other.length && own.every((record, i) => record === other[i]);
    })
  );
}

/** Records consent for what this registry declares. */
export function grantConsent({ registry, platform, store }: Context, despiteGpc: boolean): Promise<void> {
  return platform.storage.lock(STATE_LOCK, async () => {
    const kept = await store.read();
    const consent = {
      status: 'granted',
      app: registry.app,
      grants: (kept.consent?.grants ?? 0) + 1,
      agreement: agreementTo(registry),
      ...(despiteGpc ? { despiteGpc } : {}),
    } as const;
    // Who agrees again goes on with what is latched; who had withdrawn does not.
    const latch =
      kept.status === 'granted' && !isEmpty(kept.latch)
        ? { ...latchedUnder(kept.latch, consent.grants - 1), grants: consent.grants }
        : kept.latch;
    await store.write(kept, { ...kept, consent, latch }, ['consent', 'latch']);
  });
}

/** Erases everything but the ledger: the spent budget, and until when latched metrics are silent. */
export function withdrawConsent({ platform, registry, store }: Context): Promise<void> {
  return platform.storage.lock(STATE_LOCK, async () => {
    // Throws where it is another app's: nothing of that is erased.
    const grants = (await store.readConsent())?.grants ?? 0;
    await platform.storage.write([
      ['consent', JSON.stringify({ status: 'denied', app: registry.app, grants })],
      ['queue', undefined],
      ['open', undefined],
      ['latch', undefined],
    ]);
    await eraseNotes(platform);
  });
}

/** Erases what is still there although consent is denied: from before a privacy signal, or noted in a late crash. */
async function erase({ platform, store }: Context, kept: Kept): Promise<Kept> {
  const isErased = Object.keys(kept.open).length + kept.queue.length === 0 && isEmpty(kept.latch);
  const latch = { grants: kept.latch.grants, outputs: [] };
  const erased: Kept = isErased ? kept : { ...kept, open: {}, merged: [], queue: [], latch };
  await store.write(kept, erased, ['queue', 'open', 'latch']);
  await eraseNotes(platform);
  return erased;
}

async function eraseNotes(platform: Platform): Promise<void> {
  const notes = (await platform.storage.notes?.list()) ?? [];
  if (notes.length > 0) await platform.storage.notes?.remove(notes.map(([name]) => name));
}
