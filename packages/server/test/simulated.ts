import { createCipheriv } from 'node:crypto';
import { type Client, type LatchedClient, sourceFrom, type WordSource } from '@dither/mechanisms';
import { encodeBatch, type Metric, publicDraw, type Registry, type Value } from '@dither/protocol';
import type { IncomingBatch } from '@dither/server';
import { readBatch } from '../src/ingest/contributions.js';
import { serve } from '../src/ingest/served-registry.js';
import { DAY } from './fixture.js';

const BLOCK = Buffer.alloc(1 << 16);

/** Reproducible words: AES in counter mode. Each seed is a sequence of its own. */
export function seededSource(seed: number): WordSource {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16));
  let [block, at] = [BLOCK, BLOCK.length];
  return sourceFrom(() => {
    if (at === block.length) [block, at] = [cipher.update(BLOCK), 0];
    at += 4;
    return block.readUInt32LE(at - 4);
  });
}

/** A share in [0, 1). */
export function share(source: WordSource): number {
  return source.next() / 2 ** 32;
}

/** A metric of whatever input. */
export type Measured = Omit<Metric, 'encode'>;

export function anyNonce(source: WordSource): Uint8Array {
  return Uint8Array.from({ length: 16 }, () => source.next() & 255);
}

/** The bytes of one batch of one report. */
export function batchOf(registry: Registry, metric: Measured, window: number, report: Uint8Array, nonce: Uint8Array) {
  const index = registry.wire.findIndex(({ id }) => id === metric.id);
  return {
    day: DAY,
    nonce,
    bytes: encodeBatch(registry, { day: DAY, nonce, reports: [{ index, window, bytes: report }] }),
  };
}

/** A batch for each value, each of another installation, as a storage takes them. */
export function batchesOf(
  registry: Registry,
  metric: Measured,
  window: number,
  values: readonly Value[],
  source: WordSource,
): readonly IncomingBatch[] {
  const served = serve(registry);
  return values.map((value) => {
    const nonce = anyNonce(source);
    const batch = batchOf(registry, metric, window, randomized(metric, value, { window, nonce, source }), nonce);
    return { ...batch, contributions: readBatch(batch.bytes, batch, served).contributions };
  });
}

interface Making {
  readonly window: number;
  readonly nonce: Uint8Array;
  readonly source: WordSource;
}

/** A report's bytes, of a metric that randomizes afresh, for the batch of that nonce, made on `DAY`. */
function randomized(
  { client, params, fingerprint }: Measured,
  value: Value,
  { window, nonce, source }: Making,
): Uint8Array {
  const fresh = client as Client<typeof params, unknown, Value>;
  const draw =
    params.draws === undefined ? undefined : publicDraw(fingerprint, window, { day: DAY, nonce }, params.draws);
  return fresh.encode(params, fresh.randomize(params, value, source, draw));
}

/** Reports in each of `windows` for each value, each installation's from one stored output. */
export function latchedBatches(
  registry: Registry,
  metric: Measured,
  windows: readonly number[],
  values: readonly Value[],
  source: WordSource,
): readonly IncomingBatch[] {
  const served = serve(registry);
  const { params } = metric;
  const client = metric.client as LatchedClient<
    typeof params & { microEpoch: number[]; microInfinity: number },
    unknown,
    Value
  >;
  const latched = params as Parameters<typeof client.latch>[0];
  return values.flatMap((value) => {
    const permanent = client.latch(latched, value, source.next() & 63, source);
    return windows.map((window) => {
      const report = client.encode(latched, client.report(latched, permanent, source));
      const batch = batchOf(registry, metric, window, report, anyNonce(source));
      return { ...batch, contributions: readBatch(batch.bytes, batch, served).contributions };
    });
  });
}
