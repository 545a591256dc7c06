import { uniformInt } from '@dither/mechanisms';
import { encodeBatch, NONCE_BYTES, toBase64url, type WireReport } from '@dither/protocol';
import type { PaidPeriod } from './closer.js';
import type { Debug, Drop } from './diagnostics.js';
import type { Platform } from './platform/platform.js';
import { DUE_WITHIN } from './policy.js';
import type { DeviceRegistry } from './registry.js';
import type { State } from './state.js';

/**
 * The private step: from here on nothing true is left. Called only once the debit of `paid` is durable. Puts batches into
 * the queue, each with a nonce and a random due time of its own.
 *
 * A batch has its nonce before its reports are made: the public draw of a report follows from day and nonce (`publicDraw`).
 * Which periods share a batch is settled before that, by their metrics and windows.
 */
export function randomizePeriods(
  registry: DeviceRegistry,
  { clock, source }: Platform,
  drop: Drop,
  debug: Debug,
  state: State,
  paid: readonly PaidPeriod[],
): void {
  const { latching, publicDraw, splitReports } = registry;
  const day = state.ledger.highWater;
  for (const part of splitReports?.(registry, paid) ?? [paid]) {
    const nonce = Uint8Array.from({ length: NONCE_BYTES }, () => source.next());
    const reports: WireReport[] = [];
    for (const { metric, index, window, value } of part) {
      const { id, randomizer, params } = metric;
      const isFresh = 'randomize' in randomizer;
      let bytes: Uint8Array | undefined;
      try {
        bytes = isFresh
          ? randomizer.encode(
              params,
              randomizer.randomize(params, value, source, publicDraw?.(metric, window, { day, nonce })),
            )
          : latching?.report(state, metric, window, value, source);
      } catch {
        // Whatever storage made of one value, the other metrics' reports go out.
      }
      if (bytes) reports.push({ index, window, bytes });
      else drop(isFresh ? 'storage-failed' : 'latch-lost', id);
      debug('randomized', id, window);
    }
    if (reports.length > 0) {
      const due = clock.wall() + uniformInt(source, DUE_WITHIN);
      const id = toBase64url(nonce);
      const body = toBase64url(encodeBatch(registry, { day, nonce, reports }));
      state.queue.push({ id, day, body, due, tries: 0 });
      debug('queued', id, due);
    }
  }
}
