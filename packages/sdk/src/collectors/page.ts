import type { Declarations } from '@dither/protocol';
import type { Client, MetricId } from '../client.js';
import { collecting, listen, recorder } from './_collecting.js';
import { type Moment, navigation } from './_navigation.js';
import { here, type Scope } from './_scope.js';

/** What the collector uses of `web-vitals`: pass the functions of the metrics you map. */
export interface Vitals {
  onLCP(report: (vital: Vital) => void): void;
  onINP(report: (vital: Vital) => void): void;
  onCLS(report: (vital: Vital) => void): void;
  onFCP(report: (vital: Vital) => void): void;
}

interface Vital {
  readonly value: number;
  /** Of one page view. */
  readonly id: string;
}

const HANDLERS = { lcp: 'onLCP', inp: 'onINP', cls: 'onCLS', fcp: 'onFCP' } as const;

interface VitalKinds {
  lcp: 'timing';
  inp: 'timing';
  /** A number without a unit: 0 for a page that never jumps. */
  cls: 'quantity';
  fcp: 'timing';
}

/** The moments of the navigation, and those of the vitals whose function is passed. */
export type PageMetrics<D extends Declarations, V> = {
  readonly [Name in Moment]?: MetricId<D, 'timing'>;
} & {
  readonly [Name in keyof VitalKinds as (typeof HANDLERS)[Name] extends keyof V ? Name : never]?: MetricId<
    D,
    VitalKinds[Name]
  >;
};

export interface PageOptions<V> {
  /** `import { onLCP, onCLS } from 'web-vitals'`, then `{ onLCP, onCLS }`. */
  readonly vitals?: V;
  readonly scope?: Pick<
    Scope,
    'performance' | 'document' | 'setTimeout' | 'clearTimeout' | 'addEventListener' | 'removeEventListener'
  >;
}

/**
 * Records how a page performs: its navigation, and with the `web-vitals` package its vitals. One event per page view
 * and metric: a vital that grows after the page was hidden for the first time is not recorded again.
 * @returns stops it
 *
 * @example
 * import { onCLS, onINP, onLCP } from 'web-vitals';
 * collectPage(dither, { lcp: 'lcp', inp: 'inp', cls: 'cls', load: 'load' }, { vitals: { onCLS, onINP, onLCP } });
 */
export function collectPage<D extends Declarations, V extends Partial<Vitals> = Record<never, never>>(
  client: Client<D>,
  metrics: PageMetrics<D, V>,
  { vitals, scope = here }: PageOptions<V> = {},
): () => void {
  const record = recorder(client);
  const ids: { readonly [name in string]?: string } = metrics;
  return collecting((onStop) => {
    let isStopped = false;
    onStop(() => {
      isStopped = true;
    });
    const look = navigation(scope, (moment, milliseconds) => record(ids[moment], milliseconds));
    let timer: unknown;
    onStop(() => scope.clearTimeout?.(timer));
    onStop(
      listen(scope, 'load', () => {
        // Its end is known once its listeners have run.
        timer = scope.setTimeout?.(look, 0);
      }),
    );
    onStop(listen(scope.document, 'prerenderingchange', look));
    onStop(
      listen(scope, 'pagehide', () => {
        look();
        client.flushNow();
      }),
    );
    look();
    for (const [name, handler] of Object.entries(HANDLERS)) {
      const id = ids[name];
      if (id === undefined) continue;
      let seen: string | undefined;
      vitals?.[handler]?.((vital) => {
        if (isStopped || vital.id === seen) return;
        seen = vital.id;
        record(id, vital.value);
        // The page may be gone in a moment.
        if (scope.document?.visibilityState === 'hidden') client.flushNow();
      });
    }
  });
}
