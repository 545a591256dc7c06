import type { Bound } from '@dither/protocol';
import type { AnyDeviceMetric, DeviceRegistry } from './registry.js';

/**
 * What the person said. `unknown` until they are asked; nothing is recorded, written or sent unless it is `granted`.
 */
export type ConsentStatus = 'unknown' | 'granted' | 'denied';

/** What the person agreed to: never more than this is spent, whatever a later version of the app declares. */
export interface Agreement extends Bound {
  /** By metric, millionths of epsilon per budget window. */
  readonly charges: { readonly [metric: string]: number };
}

export interface ConsentRecord {
  readonly status: 'granted' | 'denied';
  /** The app that asked: what is kept is one app's, and no other may read, spend or send it. */
  readonly app: string;
  /** How often consent was given on this storage by somebody who had not, or no more: what was recorded under an earlier one is not read under a later. */
  readonly grants: number;
  agreement?: Agreement | undefined;
  /** The person granted after being told that their Global Privacy Control signal says otherwise. */
  readonly despiteGpc?: boolean | undefined;
}

export function agreementTo({ bound, wire }: DeviceRegistry): Agreement {
  return { ...bound, charges: Object.fromEntries(wire.map(({ id, charge }) => [id, charge])) };
}

/**
 * The agreement that holds once this version runs: a version that spends less lowers it for all tabs; one that
 * spends more does not raise it.
 */
export function narrowed(agreement: Agreement, { bound }: DeviceRegistry): Agreement {
  return {
    ...agreement,
    perWindow: Math.min(agreement.perWindow, bound.perWindow),
    lifetime: Math.min(agreement.lifetime, bound.lifetime),
  };
}

/** Whether everything that the registry declares was agreed to: if not, what is new stays silent until it is. */
export function coversAll(agreement: Agreement, registry: DeviceRegistry): boolean {
  const { perWindow, lifetime } = registry.bound;
  return (
    perWindow <= agreement.perWindow &&
    lifetime <= agreement.lifetime &&
    registry.wire.every((metric) => isAgreed(agreement, registry, metric))
  );
}

/** Sums over budget windows of different lengths cannot be compared: then nothing of this version is agreed. */
export function isAgreed(agreement: Agreement, { bound }: DeviceRegistry, { id, charge }: AnyDeviceMetric): boolean {
  return bound.windowDays === agreement.windowDays && charge <= (agreement.charges[id] ?? 0);
}

/**
 * The status that counts, the privacy signal taken into account: it is a no, unless the app declares that it asks these
 * people, and they granted after being told. Servers refuse what comes with the signal from any other app.
 */
export function statusOf(
  consent: ConsentRecord | undefined,
  gpc: DeviceRegistry['gpc'],
  isSignalled: boolean | undefined,
): ConsentStatus {
  if (!consent) return 'unknown';
  return isSignalled && !(gpc && consent.despiteGpc) ? 'denied' : consent.status;
}
