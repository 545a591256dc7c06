import type { Declarations } from '@dither/protocol';
import type { Client, MetricId } from '../client.js';
import { collecting, recorder } from './_collecting.js';
import { policy } from './_policy.js';
import { repeating } from './_repeat.js';
import { here, type Scope } from './_scope.js';

export interface MemoryMetrics<D extends Declarations> {
  /** Memory in use, in MB of 1,000,000 bytes. */
  readonly used: MetricId<D, 'quantity'>;
}

export interface MemoryOptions {
  /** Milliseconds between measurements; ten minutes unless told. */
  readonly interval?: number;
  readonly scope?: Pick<Scope, 'performance' | 'crossOriginIsolated' | 'process' | 'setInterval' | 'clearInterval'>;
}

/**
 * Records how much memory is in use, at the start and at fixed intervals: of the page with its frames and workers
 * where it is cross-origin isolated; else of its JavaScript heap (Chromium); on Node, of the process. Elsewhere nothing.
 * @returns stops it
 *
 * @example
 * collectMemory(dither, { used: 'memory' });
 */
export function collectMemory<D extends Declarations>(
  client: Client<D>,
  metrics: MemoryMetrics<D>,
  { interval = policy.memoryInterval, scope = here }: MemoryOptions = {},
): () => void {
  const record = recorder(client);
  return collecting((onStop) => {
    let isStopped = false;
    const tell = (bytes: number | undefined): void => {
      if (bytes !== undefined && !isStopped) record(metrics.used, bytes / 1e6);
    };
    onStop(
      repeating(client, scope, interval, () => {
        if (scope.crossOriginIsolated === true && scope.performance?.measureUserAgentSpecificMemory !== undefined) {
          // It waits for a garbage collection.
          scope.performance.measureUserAgentSpecificMemory().then(
            ({ bytes }) => tell(bytes),
            () => tell(heap(scope)),
          );
        } else tell(heap(scope) ?? scope.process?.memoryUsage?.().rss);
      }),
    );
    onStop(() => {
      isStopped = true;
    });
  });
}

function heap(scope: Pick<Scope, 'performance'>): number | undefined {
  return scope.performance?.memory?.usedJSHeapSize;
}
