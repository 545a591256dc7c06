import { parseSwitchOff, periodStart } from '@dither/protocol';
import { isAgreed } from './consent.js';
import type { DropReason } from './diagnostics.js';
import type { AnyDeviceMetric, DeviceRegistry } from './registry.js';
import type { State } from './state.js';

/** Metrics that this installation reports in the periods open on the ledger's day. */
export function reportedMetrics(registry: DeviceRegistry, state: State): readonly AnyDeviceMetric[] {
  return registry.wire.filter(
    (metric) => !isExpired(metric, state.ledger.highWater) && !whyNotReported(registry, state, metric),
  );
}

/** Whether the period that `day` lies in reaches beyond the metric's last day: then it is not opened. */
export function isExpired({ period, expiryDay }: AnyDeviceMetric, day: number): boolean {
  return periodStart(day, period) + period > expiryDay;
}

/** Why a metric is not reported; undefined if it is, or would be if its period were open. */
export function whyNotReported(
  registry: DeviceRegistry,
  { consent, ledger, off }: State,
  metric: AnyDeviceMetric | undefined,
): DropReason | undefined {
  if (!metric) return 'unknown-metric';
  if (!consent?.agreement || !isAgreed(consent.agreement, registry, metric)) return 'not-agreed';
  const document = parseSwitchOff(off.text, registry.app);
  if (document && ledger.highWater < document.until && document.off.includes(metric.id)) return 'switched-off';
  return registry.draw && !ledger.draw.metrics.includes(metric.id) ? 'not-drawn' : undefined;
}
