import { uniformInt } from '@dither/mechanisms';
import { dayOf, fromBase64url, policy as protocolPolicy } from '@dither/protocol';
import type { Answer } from './platform/platform.js';
import { policy } from './policy.js';
import type { QueuedBatch } from './queue.js';
import { type Context, STATE_LOCK } from './session.js';
import { outcomeOf, retryDelay } from './transport.js';

/** Sends what is due; one at a time, and by one tab at a time. */
export interface Uploader {
  /** Milliseconds from its making until what fell due while the app was off leaves. */
  readonly lateDelay: number;
  upload(): Promise<void>;
}

/** A batch due further ahead than any rule of ours puts it was dated by a clock that has since been set back. */
const FARTHEST = Math.max(policy.dueWithin, ...policy.retryDelays) * (1 + policy.retryJitter);

export function uploader(context: Context, endpoint: string, isStopped: () => boolean): Uploader {
  const { platform, diagnostics, store } = context;
  const started = platform.clock.wall();
  // What fell due while the app was off does not leave the moment it is opened.
  const lateDelay = uniformInt(platform.source, policy.lateDelay);
  const opening = platform.clock.monotonic() + lateDelay;
  let isUploading = false;

  /** Changes the queue under the lock, unless consent is gone. */
  async function change(
    next: (queue: readonly QueuedBatch[]) => readonly QueuedBatch[],
  ): Promise<readonly QueuedBatch[]> {
    return platform.storage.lock(STATE_LOCK, async () => {
      const kept = await store.read();
      if (kept.status !== 'granted') return [];
      const queue = next(kept.queue);
      const isSame = queue.length === kept.queue.length && queue.every((batch, i) => batch === kept.queue[i]);
      if (!isSame) await store.write(kept, { ...kept, queue }, ['queue']);
      return queue;
    });
  }

  function isDue(batch: QueuedBatch): boolean {
    const isLate = batch.due < started;
    return platform.clock.wall() >= batch.due && !(isLate && platform.clock.monotonic() < opening);
  }

  /** Drops what no server takes any more, and brings far dates near. */
  function tidy(queue: readonly QueuedBatch[]): readonly QueuedBatch[] {
    const now = platform.clock.wall();
    const young = queue.filter((batch) => dayOf(now) - batch.day < protocolPolicy.retainedDays);
    if (young.length < queue.length) diagnostics.drop('too-old', queue.length - young.length);
    return young.map((batch) =>
      batch.due > now + FARTHEST ? { ...batch, due: now + uniformInt(platform.source, policy.dueWithin) } : batch,
    );
  }

  async function tryOnce(batch: QueuedBatch): Promise<void> {
    const body = fromBase64url(batch.body);
    let answer: Answer | undefined;
    try {
      if (body !== undefined) answer = await platform.send(`${endpoint}/v1/reports`, body);
    } catch {
      // No answer: the batch may or may not have arrived. The same bytes go again.
      answer = undefined;
    }
    const outcome = answer === undefined ? 'kept' : outcomeOf(answer, batch.id);
    if (outcome === 'refused') diagnostics.drop('refused');
    await change((queue) =>
      outcome === 'kept'
        ? queue.map((other) => (other.id === batch.id ? later(other, answer?.retryAfter) : other))
        : queue.filter((other) => other.id !== batch.id),
    );
  }

  function later(batch: QueuedBatch, retryAfter: string | undefined): QueuedBatch {
    const tries = batch.tries + 1;
    return { ...batch, tries, due: Math.ceil(platform.clock.wall() + retryDelay(tries, retryAfter, platform.source)) };
  }

  return {
    lateDelay,
    async upload() {
      if (isUploading) return;
      isUploading = true;
      try {
        await platform.storage.lock('upload', async () => {
          while (!isStopped()) {
            const batch = (await change(tidy)).find(isDue);
            if (batch === undefined) return;
            await tryOnce(batch);
          }
        });
      } finally {
        isUploading = false;
      }
    },
  };
}
