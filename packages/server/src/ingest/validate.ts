import { type BatchJson, batchFromJson, type Header, headerFromJson, parseHeader, policy } from '@dither/protocol';
import { type Clock, today } from '../clock.js';
import { ProblemError } from '../errors.js';
import type { IncomingBatch } from '../storage/storage.js';
import { type ReadBatch, readBatch } from './contributions.js';
import type { Registries } from './registries.js';

export interface ValidBatch {
  readonly batch: IncomingBatch;
  readonly rejected: ReadBatch['rejected'];
}

/**
 * A body of canonical bytes, wholly checked before anything is touched.
 * @throws BatchError, ProblemError
 */
export function validateBytes(bytes: Uint8Array, registries: Registries, clock: Clock): ValidBatch {
  const header = parseHeader(bytes);
  checkDay(header, clock);
  return validated(header, bytes, readBatch(bytes, header, registries.find(header.registry)));
}

/**
 * The JSON form: converted to the canonical bytes first, so that the two forms of one batch are one batch.
 * @throws BatchError, ProblemError
 */
export function validateJson(json: BatchJson, registries: Registries, clock: Clock): ValidBatch {
  const header = headerFromJson(json);
  checkDay(header, clock);
  const served = registries.find(header.registry);
  const bytes = batchFromJson(json, served);
  if (bytes.length > policy.maxBatchBytes) throw new ProblemError('batch-too-large');
  return validated(header, bytes, readBatch(bytes, header, served));
}

function validated({ day, nonce }: Header, bytes: Uint8Array, read: ReadBatch): ValidBatch {
  return { batch: { day, nonce, bytes, contributions: read.contributions }, rejected: read.rejected };
}

/** Only a batch of the days whose nonces are remembered can be told from a replay. */
function checkDay({ day }: Header, clock: Clock): void {
  const now = today(clock);
  if (day <= now - policy.retainedDays || day > now + policy.clockSkewDays) throw new ProblemError('day-out-of-range');
}
