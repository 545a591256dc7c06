import { uniformInt } from '@dither/mechanisms';
import { encodeBatch, NONCE_BYTES, splitReports, toBase64url, type WireReport } from '@dither/protocol';
import type { ClosedPeriod } from './closer.js';
import type { Context } from './context.js';
import type { DropReason } from './diagnostics.js';
import { DUE_WITHIN } from './policy.js';
import type { State } from './state.js';

/**
 * The private step: from here on nothing true is left. Called only once the debit of `paid` is durable. Puts batches into
 * the queue, each with a nonce and a random due time of its own.
 *
 * A batch has its nonce before its reports are made: the public draw of a report follows from day and nonce (`publicDraw`).
 * Which periods share a batch is settled before that, by their metrics and windows.
 */
export function randomizePeriods(
  { registry, platform, drop, debug }: Context,
  state: State,
  paid: readonly ClosedPeriod[],
): void {
  const { wire, latching, publicDraw } = registry;
  const { source, clock } = platform;
  const day = state.ledger.highWater;
  const places = paid.map((period) => ({
    ...period,
    index: wire.indexOf(period.metric),
    window: period.record.start,
  }));
  for (const part of splitReports(registry, places)) {
    const nonce = Uint8Array.from({ length: NONCE_BYTES }, () => uniformInt(source, 256));
    const reports: WireReport[] = [];
    for (const { metric, record, wasLatched, index, window } of part) {
      const { id, fingerprint, randomizer, params, none } = metric;
      const { value = none } = record;
      const draw = params.draws && publicDraw?.(fingerprint, window, { day, nonce }, params.draws);
      let bytes: Uint8Array | undefined;
      let lost: DropReason = 'latch-lost';
      try {
        bytes =
          'randomize' in randomizer
            ? randomizer.encode(params, randomizer.randomize(params, value, source, draw))
            : latching?.report(state, metric, window, wasLatched ? undefined : value, source);
      } catch (error) {
        // Whatever storage made of one value, the other metrics' reports go out.
        if ((error as { readonly code?: unknown }).code !== 'value-out-of-range') throw error;
        if ('randomize' in randomizer) lost = 'storage-failed';
      }
      if (bytes) reports.push({ index, window, bytes });
      else drop(lost, id);
      debug?.('randomized', id, window);
    }
    if (reports.length > 0) {
      const due = clock.wall() + uniformInt(source, DUE_WITHIN);
      const id = toBase64url(nonce);
      const body = toBase64url(encodeBatch(registry, { day, nonce, reports }));
      state.queue = [...state.queue, { id, day, body, due, tries: 0 }];
      debug?.('queued', id, due);
    }
  }
}
