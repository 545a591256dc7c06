import type { Declarations } from '@dither/protocol';
import type { Client } from '../client.js';
import { quietly } from './_collecting.js';
import type { Scope } from './_scope.js';

/**
 * Records facts that stay: at the start, again once the person has agreed, and at intervals, so that an app that is
 * never closed answers in every period.
 * @returns stops it
 */
export function repeating<D extends Declarations>(
  client: Client<D>,
  scope: Pick<Scope, 'setInterval' | 'clearInterval'>,
  interval: number,
  record: () => void,
): () => void {
  const { consent } = client;
  let wasGranted: boolean | undefined;
  const hear = (): void => {
    // Until storage has been read, what was recorded at the start is still waiting for the answer.
    if (wasGranted === undefined) return;
    const isGranted = consent.status === 'granted';
    if (isGranted && !wasGranted) quietly(record);
    wasGranted = isGranted;
  };
  const timer = scope.setInterval?.(() => {
    if (consent.status === 'granted') quietly(record);
  }, interval);
  // On Node a timer would keep the process alive.
  (timer as { unref?(): void } | undefined)?.unref?.();
  const unsubscribe = consent.subscribe(hear);
  void client.ready.then(() => {
    wasGranted = consent.status === 'granted';
  });
  quietly(record);
  return () => {
    unsubscribe();
    scope.clearInterval?.(timer);
  };
}
