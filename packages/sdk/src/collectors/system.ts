import type { Declarations } from '@dither/protocol';
import type { Client, MetricId } from '../client.js';
import { collecting, quietly, recorder } from './_collecting.js';
import type { CategoryOf, Mapped } from './_ids.js';
import { policy } from './_policy.js';
import { repeating } from './_repeat.js';
import { here, type Scope } from './_scope.js';
import {
  type Browser,
  browserOf,
  isMobile,
  type Language,
  languageOf,
  type OperatingSystem,
  operatingSystemOf,
} from './_system-facts.js';

export {
  BROWSERS,
  type Browser,
  LANGUAGES,
  type Language,
  OPERATING_SYSTEMS,
  type OperatingSystem,
} from './_system-facts.js';

/** Each fact goes to a metric of the kind shown, or by `map` to a category with values of your own. */
export interface SystemMetrics<D extends Declarations> {
  /** A category that lists `OPERATING_SYSTEMS`. */
  readonly os?: CategoryOf<D, OperatingSystem> | Mapped<D, OperatingSystem>;
  /** A category that lists `BROWSERS`. */
  readonly browser?: CategoryOf<D, Browser> | Mapped<D, Browser>;
  /** A category that lists `LANGUAGES`. */
  readonly language?: CategoryOf<D, Language> | Mapped<D, Language>;
  /** Processors that the runtime may use. */
  readonly cores?: MetricId<D, 'quantity'> | Mapped<D, number>;
  /** Of the device, in GiB, as coarse as the browser tells it: 0.25 to 8 or 32 by powers of two (Chromium). */
  readonly memory?: MetricId<D, 'quantity'> | Mapped<D, number>;
  readonly mobile?: MetricId<D, 'boolean'> | Mapped<D, boolean>;
  /** The person prefers dark colours. */
  readonly darkTheme?: MetricId<D, 'boolean'> | Mapped<D, boolean>;
  /** The person prefers less motion. */
  readonly reducedMotion?: MetricId<D, 'boolean'> | Mapped<D, boolean>;
}

export interface SystemOptions {
  readonly scope?: Pick<Scope, 'navigator' | 'process' | 'Intl' | 'matchMedia' | 'setInterval' | 'clearInterval'>;
}

/**
 * Records coarse facts of the system the app runs on, each of which many people share. A fact that the runtime does not
 * tell is not recorded; a boolean that is false is not either, which is the same as "no".
 * @returns stops it
 *
 * @example
 * collectSystem(dither, {
 *   os: 'os', // category({ ..., values: OPERATING_SYSTEMS })
 *   cores: { metric: 'cores', map: (cores) => (cores > 4 ? 'many' : 'few') },
 * });
 */
export function collectSystem<D extends Declarations>(
  client: Client<D>,
  metrics: SystemMetrics<D>,
  { scope = here }: SystemOptions = {},
): () => void {
  const record = recorder(client);

  function tell<Fact>(target: string | Mapped<D, Fact> | undefined, look: () => Fact | undefined): void {
    if (target === undefined) return;
    quietly(() => {
      const fact = look();
      if (fact === undefined) return;
      if (typeof target !== 'string') {
        const value = target.map(fact);
        if (value !== undefined) record(target.metric, value);
      } else if (fact !== false) record(target, fact);
    });
  }

  const prefers = (what: string) => (): boolean | undefined => scope.matchMedia?.(`(prefers-${what})`).matches;

  return collecting((onStop) =>
    onStop(
      repeating(client, scope, policy.systemInterval, () => {
        tell(metrics.os, () => operatingSystemOf(scope));
        tell(metrics.browser, () => browserOf(scope));
        tell(metrics.language, () => languageOf(scope));
        tell(metrics.cores, () => scope.navigator?.hardwareConcurrency);
        tell(metrics.memory, () => scope.navigator?.deviceMemory);
        tell(metrics.mobile, () => isMobile(scope));
        tell(metrics.darkTheme, prefers('color-scheme: dark'));
        tell(metrics.reducedMotion, prefers('reduced-motion: reduce'));
      }),
    ),
  );
}
