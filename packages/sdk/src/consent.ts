import { chargePerWindow, type Metric, type Registry } from '@dither/protocol';

/**
 * What the person said. `unknown` until they are asked; nothing is recorded, written or sent unless it is `granted`.
 */
export type ConsentStatus = 'unknown' | 'granted' | 'denied';

/** What the person agreed to: never more than this is spent, whatever a later version of the app declares. */
export interface Agreement {
  /** Epsilon per budget window and in a lifetime, over all metrics. */
  readonly perWindow: number;
  readonly windowDays: number;
  readonly lifetime: number;
  /** By metric, millionths of epsilon per budget window. */
  readonly charges: { readonly [metric: string]: number };
}

export interface ConsentRecord {
  readonly status: 'granted' | 'denied';
  /** The app that asked: what is kept is one app's, and no other may read, spend or send it. */
  readonly app: string;
  /** How often consent was given on this storage: what was recorded under an earlier one is not read under a later. */
  readonly grants: number;
  readonly agreement?: Agreement;
  /** The person granted after being told that their Global Privacy Control signal says otherwise. */
  readonly despiteGpc?: boolean;
}

export function agreementTo(registry: Registry): Agreement {
  return {
    perWindow: registry.bound.perWindow,
    windowDays: registry.bound.windowDays,
    lifetime: registry.bound.lifetime,
    charges: Object.fromEntries(
      registry.wire.map((metric) => [metric.id, chargePerWindow(metric, registry.budget.windowDays)]),
    ),
  };
}

/**
 * The agreement that holds once this version runs: a version that spends less lowers it for all tabs; one that
 * spends more does not raise it.
 */
export function narrowed(agreement: Agreement, registry: Registry): Agreement {
  return {
    ...agreement,
    perWindow: Math.min(agreement.perWindow, registry.bound.perWindow),
    lifetime: Math.min(agreement.lifetime, registry.bound.lifetime),
  };
}

/** Whether everything that `registry` declares was agreed to: if not, what is new stays silent until it is. */
export function coversAll(agreement: Agreement, registry: Registry): boolean {
  const { perWindow, lifetime, windowDays } = registry.bound;
  return (
    perWindow <= agreement.perWindow &&
    lifetime <= agreement.lifetime &&
    registry.wire.every((metric) => isAgreed(agreement, metric, windowDays))
  );
}

/** Sums over budget windows of different lengths cannot be compared: then nothing of this version is agreed. */
export function isAgreed(agreement: Agreement, metric: Metric, windowDays: number): boolean {
  return (
    windowDays === agreement.windowDays && chargePerWindow(metric, windowDays) <= (agreement.charges[metric.id] ?? 0)
  );
}

/** The status that counts, the privacy signal taken into account. */
export function statusOf(record: ConsentRecord | undefined, globalPrivacyControl: boolean): ConsentStatus {
  if (record === undefined) return 'unknown';
  if (record.status === 'granted' && globalPrivacyControl && record.despiteGpc !== true) return 'denied';
  return record.status;
}
