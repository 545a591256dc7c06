import { uniformInt, type WordSource } from '@dither/mechanisms';
import { encodeBatch, NONCE_BYTES, publicDraw, type Registry, splitReports, type WireReport } from '@dither/protocol';
import type { PaidPeriod } from './closer.js';
import { type Latched, latchValue, outputFor, reportFrom } from './latch.js';
import { policy } from './policy.js';
import type { MadeBatch } from './queue.js';
import { periodValue } from './recorder.js';

/** What the private step makes. */
export interface Randomized {
  /** Each with a nonce and a random due time of its own. */
  readonly batches: readonly MadeBatch[];
  /** What latched metrics report from, with what is new; to be made durable before the batches are queued. */
  readonly latch: Latched;
  /** Periods without a report, since what it would be made from is gone. */
  readonly lost: number;
}

/**
 * The private step: from here on nothing true is left. Called only once the debit of `paid` is durable.
 *
 * A batch has its nonce before its reports are made: the public draw of a report follows from day and nonce (`publicDraw`).
 * Which periods share a batch is settled before that, by their metrics and windows.
 *
 * @param day - on which the batches are made
 */
export function randomizePeriods(
  registry: Registry,
  paid: readonly PaidPeriod[],
  latched: Latched,
  { day, now, source }: { readonly day: number; readonly now: number; readonly source: WordSource },
): Randomized {
  let latch = latched;
  const places = paid.map((period) => ({
    ...period,
    index: registry.wire.indexOf(period.metric),
    window: period.record.start,
  }));
  const batches = splitReports(registry, places).flatMap((part): MadeBatch[] => {
    const nonce = Uint8Array.from({ length: NONCE_BYTES }, () => uniformInt(source, 256));
    const reports: WireReport[] = [];
    for (const { index, window, ...period } of part) {
      const randomized = randomizePeriod(period, latch, { day, nonce }, source);
      latch = randomized.latch;
      if (randomized.bytes !== undefined) reports.push({ index, window, bytes: randomized.bytes });
    }
    if (reports.length === 0) return [];
    const due = now + uniformInt(source, policy.dueWithin);
    return [{ nonce, day, bytes: encodeBatch(registry, { day, nonce, reports }), due, reports }];
  });
  const made = batches.reduce((sum, { reports }) => sum + reports.length, 0);
  return { batches, latch, lost: paid.length - made };
}

function randomizePeriod(
  { metric, record, wasLatched }: PaidPeriod,
  latched: Latched,
  batch: Pick<MadeBatch, 'day' | 'nonce'>,
  source: WordSource,
): { readonly latch: Latched; readonly bytes: Uint8Array | undefined } {
  const { client, params, fingerprint } = metric;
  const { start } = record;
  if ('latch' in client) {
    const latch = wasLatched ? latched : latchValue(latched, metric, start, periodValue(metric, record), source);
    return { latch, bytes: reportFrom(outputFor(latch, metric, start), metric, source) };
  }
  const draw = params.draws === undefined ? undefined : publicDraw(fingerprint, start, batch, params.draws);
  const report = client.randomize(params, periodValue(metric, record), source, draw);
  return { latch: latched, bytes: client.encode(params, report) };
}
