import type { Declarations } from '@dither/protocol';
import type { Client, MetricId } from '../client.js';
import { collecting, listen, quietly, recorder } from './_collecting.js';
import { policy } from './_policy.js';
import { here, type Scope } from './_scope.js';
import { signatureOf } from './_signature.js';

export { type SignatureOptions, signatureOf } from './_signature.js';

export interface CrashMetrics<D extends Declarations> {
  /** That it crashed, or how often. */
  readonly crashed?: MetricId<D, 'boolean' | 'count'>;
  /** Where: see `signatureOf`. */
  readonly signature?: MetricId<D, 'text'>;
}

export interface CrashOptions {
  readonly scope?: Pick<Scope, 'performance' | 'process' | 'addEventListener' | 'removeEventListener'>;
}

/**
 * Records errors that nobody caught and promises whose rejection nobody handled, and writes them down in the same
 * instant. How the app fails does not change: on Node it only watches. Errors without an error object are passed over:
 * those of scripts from another origin loaded without `crossorigin`, and notices such as that of a ResizeObserver.
 * @returns stops it
 *
 * @example
 * collectCrashes(dither, { crashed: 'crash', signature: 'crash-signature' });
 */
export function collectCrashes<D extends Declarations>(
  client: Client<D>,
  metrics: CrashMetrics<D>,
  { scope = here }: CrashOptions = {},
): () => void {
  const record = recorder(client);
  // Where a runtime tells of the same error in two ways.
  const seen = new WeakSet<object>();
  let written = Number.NEGATIVE_INFINITY;

  function crash(error: unknown, isEnd: boolean): void {
    if (error === undefined || error === null) return;
    if (typeof error === 'object') {
      if (seen.has(error)) return;
      seen.add(error);
    }
    record(metrics.crashed);
    if (metrics.signature !== undefined) record(metrics.signature, signatureOf(error));
    const now = scope.performance?.now() ?? Number.NaN;
    // Without a clock each is written.
    if (!isEnd && now - written < policy.crashInterval) return;
    written = now;
    client.flushNow();
  }

  return collecting((onStop) => {
    onStop(listen(scope, 'error', (event: { readonly error?: unknown }) => crash(event.error, false)));
    onStop(listen(scope, 'unhandledrejection', (event: { readonly reason?: unknown }) => crash(event.reason, false)));
    const watch = (error: unknown): void => quietly(() => crash(error, true));
    const { process } = scope;
    process?.on?.('uncaughtExceptionMonitor', watch);
    onStop(() => process?.off?.('uncaughtExceptionMonitor', watch));
  });
}
