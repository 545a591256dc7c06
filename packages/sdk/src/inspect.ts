import { MICRO, sha256, utf8 } from '@dither/mechanisms';
import {
  type Bound,
  fromBase64url,
  labels,
  parseHeader,
  parseReports,
  parseSwitchOff,
  periodStart,
  toHex,
} from '@dither/protocol';
import { chargedIn } from './charges.js';
import type { Snapshot } from './client.js';
import type { ConsentStatus } from './consent.js';
import type { DropReason, Drops } from './diagnostics.js';
import { type Latched, latching, outputFor, readable } from './latching.js';
import type { Message } from './log.js';
import type { OpenRecord } from './recorder.js';
import type { AnyDeviceMetric, DeviceRegistry } from './registry.js';
import { isExpired, reportedMetrics, whyNotReported } from './reported.js';
import type { State } from './state.js';

/** Epsilon spent, and what is left of the bound. */
export interface Spent {
  readonly inWindow: number;
  readonly inLifetime: number;
}

/** One report of a batch: what it says is random, and is shown as the bytes that left. */
export interface InspectedReport {
  readonly metric: string;
  /** First day of the period it is about. */
  readonly window: number;
  readonly bytes: Uint8Array;
  /** Epsilon of this report. */
  readonly epsilon: number;
}

/** A batch: the very bytes, as the uploader sends them. */
export interface InspectedMessage {
  readonly id: string;
  /** Day it was made. */
  readonly day: number;
  /** `waiting` until a receipt or a final refusal came; `too-old` if neither did in time. */
  readonly state: 'waiting' | 'delivered' | 'refused' | 'too-old';
  /** When it is sent next, in milliseconds of the device's clock. */
  readonly due?: number;
  /** When it was sent last; absent if it never was. */
  readonly sent?: number;
  /** How often it was sent. */
  readonly tries: number;
  readonly bytes: Uint8Array;
  /** Empty for a batch of another version of the app: that is shown as bytes alone. */
  readonly reports: readonly InspectedReport[];
}

/** What an installation holds, has sent and has spent, for the person whose device it is. Epsilons are sums over all metrics. */
export interface Inspection {
  readonly consent: ConsentStatus;
  /** The most this registry can spend. */
  readonly bound: Bound;
  readonly spent: Spent & { readonly byMetric: { readonly [metric: string]: Spent } };
  /** What the person agreed to, less what is spent. */
  readonly left: Spent;
  /** Metrics this installation reports in the current budget window. */
  readonly reporting: readonly string[];
  /** The others, and why: expired (`inactive`), not drawn, not agreed to, or switched off. */
  readonly silent: { readonly [metric: string]: DropReason };
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
  /** Randomized batches: those that wait, and those sent in the last 90 days, 256 KiB at most of each. Oldest first. */
  readonly messages: readonly InspectedMessage[];
  /** What the public switch-off document says, if there is one: the same for everyone, which its SHA-256 lets people compare. */
  readonly switchedOff?: { readonly metrics: readonly string[]; readonly until: number; readonly sha256: string };
  /** What did not leave, by reason, since this process began. Never sent. */
  readonly drops: Drops;
}

/**
 * Everything this device holds, has sent and has spent. Reads what the uploader reads.
 *
 * @param client - of `createClient`
 * @throws (as a rejection) if storage cannot be read
 * @example
 * const { spent, messages, open } = await inspect(dither);
 */
export async function inspect(client: { snapshot(): Promise<Snapshot> }): Promise<Inspection> {
  const { registry, state, drops } = await client.snapshot();
  const { status, ledger, consent, latch, off } = state;
  const today = ledger.highWater;
  const byMetric = chargedIn(ledger.charges, today, registry.bound.windowDays);
  const spent: Spent = {
    inWindow: Object.values(byMetric).reduce((sum, micro) => sum + micro, 0) / MICRO,
    inLifetime: ledger.spent / MICRO,
  };
  const agreed = consent?.agreement ?? registry.bound;
  const switchedOff = parseSwitchOff(off.text, registry.app);
  return {
    consent: status,
    bound: registry.bound,
    spent: {
      ...spent,
      byMetric: Object.fromEntries(
        Object.entries(ledger.metrics).map(([id, account]) => [
          id,
          { inWindow: (byMetric[id] ?? 0) / MICRO, inLifetime: account.spent / MICRO },
        ]),
      ),
    },
    left: {
      inWindow: Math.max(0, agreed.perWindow - spent.inWindow),
      inLifetime: Math.max(0, agreed.lifetime - spent.inLifetime),
    },
    reporting: reportedMetrics(registry, state).map(({ id }) => id),
    silent: silentIn(registry, state),
    open: Object.entries(state.open.records).flatMap(([metric, records]) =>
      records.map((record) => ({ metric, start: record.start, value: labelOf(registry.byId.get(metric), record) })),
    ),
    latched: registry.wire
      .filter((metric) => latching.isLatched(ledger, metric, today))
      .map((metric) => latchedOf(metric, readable(latch), today)),
    messages: state.queue.map((message) => messageOf(registry, message)),
    ...(switchedOff && {
      switchedOff: { metrics: switchedOff.off, until: switchedOff.until, sha256: toHex(sha256(utf8(off.text ?? ''))) },
    }),
    drops,
  };
}

function silentIn(registry: DeviceRegistry, state: State): Inspection['silent'] {
  const reasons = registry.wire.map((metric) => {
    const reason = isExpired(metric, state.ledger.highWater) ? 'inactive' : whyNotReported(registry, state, metric);
    return [metric.id, reason] as const;
  });
  return Object.fromEntries(reasons.flatMap(([id, reason]) => (reason ? [[id, reason]] : [])));
}

function labelOf(metric: AnyDeviceMetric | undefined, { fingerprint, value }: OpenRecord): string {
  if (value === undefined) return 'nothing yet';
  if (metric?.fingerprint !== fingerprint) return 'of another version of the app';
  return typeof value === 'string' ? value : (labels(metric)[value] ?? '');
}

function latchedOf(metric: AnyDeviceMetric, latched: Latched, today: number): Inspection['latched'][number] {
  const firstDay = periodStart(today, metric.epoch);
  const output = outputFor(latched, metric, today);
  const stored = output && fromBase64url(output.permanent);
  return {
    metric: metric.id,
    firstDay,
    lastDay: firstDay + metric.epoch - 1,
    isSilent: stored === undefined,
    ...(stored && { stored }),
    ...(stored && latched.draw?.first === firstDay && { draw: latched.draw.draw }),
  };
}

function messageOf(registry: DeviceRegistry, { id, day, due, tries, sent, end, body }: Message): InspectedMessage {
  const bytes = fromBase64url(body) ?? new Uint8Array();
  return {
    id,
    day,
    state: end ?? 'waiting',
    ...(!end && { due }),
    ...(sent !== undefined && { sent }),
    tries,
    bytes,
    reports: reportsOf(registry, bytes),
  };
}

function reportsOf(registry: DeviceRegistry, bytes: Uint8Array): readonly InspectedReport[] {
  try {
    if (parseHeader(bytes).registry !== registry.fingerprint) return [];
    return parseReports(bytes, registry).flatMap(({ index, window, bytes: report }) => {
      const metric = registry.wire[index];
      return metric ? { metric: metric.id, window, bytes: report, epsilon: metric.params.microEpsilon / MICRO } : [];
    });
  } catch {
    // Storage holds something else.
    return [];
  }
}

/** An inspection as JSON to keep: bytes in hexadecimal. */
export function toJson(inspection: Inspection): string {
  return JSON.stringify(inspection, (_key, value) => (value instanceof Uint8Array ? toHex(value) : value), 2);
}
