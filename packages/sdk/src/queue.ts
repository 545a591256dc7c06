import { toBase64url, type WireReport } from '@dither/protocol';
import { parseList } from './json.js';
import { policy } from './policy.js';

/** A batch waiting to be sent: randomized bytes, built once; every try sends the same ones. */
export interface QueuedBatch {
  /** Nonce, base64url: what a receipt must name. */
  readonly id: string;
  /** Day the batch was made. */
  readonly day: number;
  /** The whole batch, base64url. */
  readonly body: string;
  /** Not to be sent before this moment of the device's clock. */
  readonly due: number;
  readonly tries: number;
}

/** What the closer hands over. */
export interface MadeBatch {
  readonly nonce: Uint8Array;
  readonly day: number;
  readonly bytes: Uint8Array;
  readonly due: number;
  readonly reports: readonly WireReport[];
}

/** A queue that cannot be read is lost: its reports were paid for, and are never made again. */
export function parseQueue(text: string | undefined): readonly QueuedBatch[] {
  return parseList<QueuedBatch>(text, 'body');
}

/** Adds batches, dropping the oldest ones beyond the limit; `dropped` counts those. */
export function enqueue(
  queue: readonly QueuedBatch[],
  made: readonly MadeBatch[],
): { readonly queue: readonly QueuedBatch[]; readonly dropped: number } {
  const all = [
    ...queue,
    ...made.map(({ nonce, day, bytes, due }) => ({
      id: toBase64url(nonce),
      day,
      body: toBase64url(bytes),
      due,
      tries: 0,
    })),
  ];
  let size = all.reduce((sum, batch) => sum + batch.body.length, 0);
  let dropped = 0;
  for (; size > policy.maxQueueBytes; dropped++) size -= (all[dropped] as QueuedBatch).body.length;
  return { queue: all.slice(dropped), dropped };
}
