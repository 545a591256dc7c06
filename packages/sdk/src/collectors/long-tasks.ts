import type { Declarations } from '@dither/protocol';
import type { Client, MetricId } from '../client.js';
import { collecting, recorder } from './_collecting.js';
import { here, type Scope } from './_scope.js';

export interface LongTaskMetrics<D extends Declarations> {
  /** How many tasks kept the page from answering for 50 ms or more. */
  readonly count?: MetricId<D, 'count'>;
  /** How long each of them took. */
  readonly duration?: MetricId<D, 'timing'>;
}

/**
 * Records tasks that block a page for 50 ms or more (Long Tasks API; Chromium).
 * @returns stops it
 *
 * @example
 * collectLongTasks(dither, { count: 'long-tasks', duration: 'long-task' });
 */
export function collectLongTasks<D extends Declarations>(
  client: Client<D>,
  metrics: LongTaskMetrics<D>,
  { scope = here }: { readonly scope?: Pick<Scope, 'PerformanceObserver'> } = {},
): () => void {
  const record = recorder(client);
  return collecting((onStop) => {
    const Observer = scope.PerformanceObserver;
    if (Observer?.supportedEntryTypes?.includes('longtask') !== true) return;
    const observer = new Observer((list) => {
      const tasks = list.getEntries();
      if (tasks.length > 0) record(metrics.count, tasks.length);
      for (const { duration } of tasks) record(metrics.duration, duration);
    });
    onStop(() => observer.disconnect());
    observer.observe({ type: 'longtask', buffered: true });
  });
}
