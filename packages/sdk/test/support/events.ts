import type { DeviceRegistry } from '@dither/sdk';
import { recordUntyped } from './installation.js';

type AnyMetric = DeviceRegistry['wire'][number];

/** What an app may record of a metric: another value for another `n`. */
function eventOf({ kind, domain }: AnyMetric, n: number): unknown {
  if (kind === 'boolean') return undefined;
  if (kind === 'count') return n % 9;
  if (kind === 'category') return domain.values?.[n % domain.values.length];
  if (kind === 'text') return `${n % 5}.example`;
  const [low = 0, high = 0] = [domain.edges?.[0], domain.edges?.at(-1)];
  return low + ((n % 11) / 11) * (high - low);
}

/** An event of each metric, of booleans of every other one; other values for another `n`. */
export function recordAll(client: object, { wire }: DeviceRegistry, n: number): void {
  for (const [place, metric] of wire.entries()) {
    const own = 7 * n + 3 * place;
    if (metric.kind !== 'boolean' || own % 2 === 0) recordUntyped(client, metric.id, eventOf(metric, own));
  }
}
