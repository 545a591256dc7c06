import { publicDraw as draw } from '@dither/protocol';
import type { AnyDeviceMetric } from './registry.js';

/** The batch that a report is in. */
interface Named {
  readonly day: number;
  readonly nonce: Uint8Array;
}

/**
 * The public draw of a metric's report for the period that starts on day `window`; undefined where its mechanism asks for none.
 * A value, so that a registry whose mechanisms ask for none bundles none of it.
 */
export function publicDraw(
  { fingerprint, params }: Pick<AnyDeviceMetric, 'fingerprint' | 'params'>,
  window: number,
  batch: Named,
): number | undefined {
  return params.draws && draw(fingerprint, window, batch, params.draws);
}
