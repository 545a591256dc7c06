import { MICRO } from '@dither/mechanisms';
import { type Bound, fromBase64url, labels, parseReports, periodStart, type Registry } from '@dither/protocol';
import { isLatched, spentInWindow } from './budget-ledger.js';
import type { ConsentStatus } from './consent.js';
import type { DropReason } from './diagnostics.js';
import { outputFor } from './latch.js';
import type { OpenRecord } from './recorder.js';
import type { Kept } from './store.js';

/** What an installation holds and has spent, for the person whose device it is. Epsilons are sums over all metrics. */
export interface Inspection {
  readonly consent: ConsentStatus;
  /** The most this registry can spend. */
  readonly bound: Bound;
  readonly spent: {
    readonly inWindow: number;
    readonly inLifetime: number;
    readonly byMetric: { readonly [metric: string]: { readonly inWindow: number; readonly inLifetime: number } };
  };
  /** Metrics this installation reports in the current budget window. */
  readonly reporting: readonly string[];
  /** True values on this device, not yet randomized: what happened in each open period. */
  readonly open: readonly { readonly metric: string; readonly start: number; readonly value: string }[];
  /**
   * Latched metrics whose answer for the current epoch is fixed: the value it was made from is forgotten, and what
   * happens until the epoch's last day changes no report and is not kept. Silent if the ledger refused the epoch, or if
   * the stored answer is gone.
   */
  readonly latched: readonly {
    readonly metric: string;
    readonly firstDay: number;
    readonly lastDay: number;
    readonly isSilent: boolean;
    /** The stored answer, randomized: what all reports of the epoch are made from. */
    readonly stored?: Uint8Array;
    /** The cohort draw that this installation's latched metrics share in this epoch. */
    readonly draw?: number;
  }[];
  /** Randomized batches waiting to be sent. */
  readonly queued: readonly {
    readonly id: string;
    readonly day: number;
    readonly due: number;
    /** How often it was sent without a receipt. */
    readonly tries: number;
    readonly bytes: Uint8Array;
    readonly reports: readonly { readonly metric: string; readonly window: number; readonly bytes: Uint8Array }[];
  }[];
  /** What did not leave, by reason, since this process began. Never sent. */
  readonly drops: { readonly [reason in DropReason]?: number };
}

export function inspectionOf(
  registry: Registry,
  kept: Kept,
  reporting: readonly string[],
  drops: Inspection['drops'],
): Inspection {
  const today = kept.ledger.highWater;
  const window = spentInWindow(kept.ledger, registry.budget.windowDays);
  return {
    consent: kept.status,
    bound: registry.bound,
    spent: {
      inWindow: window.all / MICRO,
      inLifetime: kept.ledger.spent / MICRO,
      byMetric: Object.fromEntries(
        Object.entries(kept.ledger.metrics).map(([id, { spent }]) => [
          id,
          { inWindow: (window.byMetric[id] ?? 0) / MICRO, inLifetime: spent / MICRO },
        ]),
      ),
    },
    reporting,
    open: Object.entries(kept.open).flatMap(([metric, records]) =>
      records.map((record) => ({ metric, start: record.start, value: labelOf(registry, metric, record) })),
    ),
    latched: registry.wire
      .filter((metric) => isLatched(kept.ledger, metric, today))
      .map((metric) => {
        const firstDay = periodStart(today, metric.epoch);
        const output = outputFor(kept.latch, metric, today);
        const stored = output && fromBase64url(output.permanent);
        const { draw } = kept.latch;
        return {
          metric: metric.id,
          firstDay,
          lastDay: firstDay + metric.epoch - 1,
          isSilent: stored === undefined,
          ...(stored && { stored }),
          ...(stored && draw?.first === firstDay && { draw: draw.draw }),
        };
      }),
    queued: kept.queue.map(({ id, day, due, tries, body }) => {
      const bytes = fromBase64url(body) ?? new Uint8Array();
      return { id, day, due, tries, bytes, reports: decodeReports(registry, bytes) };
    }),
    drops,
  };
}

function labelOf(registry: Registry, id: string, { fingerprint, value }: OpenRecord): string {
  const metric = registry.metrics[id];
  if (value === undefined) return 'nothing yet';
  if (metric?.fingerprint !== fingerprint) return 'of another version of the app';
  return typeof value === 'string' ? value : (labels(metric)[value] ?? '');
}

/** A batch of another version of the app is shown as bytes alone. */
function decodeReports(registry: Registry, bytes: Uint8Array): Inspection['queued'][number]['reports'] {
  try {
    return parseReports(bytes, registry).map((report) => ({
      metric: registry.wire[report.index]?.id ?? '',
      window: report.window,
      bytes: report.bytes,
    }));
  } catch {
    // Laid out by another registry.
    return [];
  }
}
