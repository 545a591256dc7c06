import type { DistributionEstimate, WordSource } from '@dither/mechanisms';
import { ensure } from './ensure.js';

/** Draws, of which one in forty tells an event where there was none, by the level of the interval. */
const RUNS = 20;

/**
 * Estimates of 20,000 reports say nothing of those with an event where there may be none: exactly where the interval of
 * their share reaches zero, which it does of nobody in most draws and of half of them in none.
 */
export function checkUnknown(
  source: WordSource,
  estimate: (withEvent: number, source: WordSource) => DistributionEstimate,
): void {
  let unknown = 0;
  for (let run = 0; run < RUNS; run++) {
    const found = estimate(0, source);
    if (found.withEvent.low > 0) continue;
    unknown++;
    for (const { place, low, high } of found.quantiles) {
      ensure(Number.isNaN(place) && low === 0 && high === 256, 'a quantile of nobody');
    }
    ensure(found.mean.low === 0.5 && found.mean.high === 255.5, 'a mean of nobody within less than all amounts');
    for (const { low, high } of [...found.above, ...found.histogram.map(({ share }) => share)]) {
      ensure(low === 0 && high === 1, 'a share of nobody within less than 0 to 1');
    }
    for (const { value, standardError } of [found.mean, ...found.above, ...found.histogram.map(({ share }) => share)]) {
      ensure(Number.isNaN(value) && standardError === Number.POSITIVE_INFINITY, 'a figure of nobody');
    }
  }
  ensure(unknown >= RUNS / 2, 'events told of nobody');
  const known = estimate(0.5, source);
  const values = [known.mean.value, ...known.quantiles.map(({ place }) => place)];
  ensure(known.withEvent.low > 0 && values.every(Number.isFinite), 'nothing said of half of all');
}
