import { NONCE_BYTES } from '../policy.js';
import type { Metric } from '../registry/metric.js';
import { encodeBatch } from '../wire/batch.js';

/** Bytes of a batch with one report of every metric, each period length in a window of its own. */
export function batchBytes(wire: readonly Metric[]): number {
  const reports = wire.map(({ params, period }, index) => ({
    index,
    window: period,
    bytes: new Uint8Array(params.reportBytes),
  }));
  const table = { fingerprint: '0'.repeat(16), wire };
  return encodeBatch(table, { day: 0, nonce: new Uint8Array(NONCE_BYTES), reports }).length;
}
