import { MICRO } from '@dither/mechanisms';
import type { Registry } from '../registry/registry.js';

/** Full budget windows a device can spend before its lifetime cap. */
export interface SilentAfter {
  readonly windows: number;
  readonly days: number;
}

/** How long a device lasts that spends its full share in every budget window. */
export function silentAfter(registry: Pick<Registry, 'bound' | 'budget' | 'classes'>): SilentAfter {
  const { lifetime, windowDays } = registry.bound;
  const windows = Math.floor((lifetime * MICRO) / spentPerWindow(registry));
  return { windows, days: windows * windowDays };
}

/**
 * Millionths of epsilon that a device spends in a budget window, over the long run. Of a latched metric less than a window
 * is charged for: some windows hold the first report of an epoch and others do not.
 */
function spentPerWindow({ classes, budget }: Pick<Registry, 'budget' | 'classes'>): number {
  const spent = classes.map(({ cap, metrics: [first] }) => {
    if (first?.latch === undefined || cap === 0) return cap;
    return ((first.microEpoch.at(-1) as number) * budget.windowDays) / first.epoch;
  });
  return spent.reduce((sum, micro) => sum + micro, 0);
}
