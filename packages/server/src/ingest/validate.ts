import {
  type BatchJson,
  batchFromJson,
  type Header,
  headerFromJson,
  parseHeader,
  policy,
  type Registry,
} from '@dither/protocol';
import { ProblemError } from '../errors.js';
import type { IncomingBatch } from '../storage/storage.js';
import { type ReadBatch, readBatch } from './contributions.js';
import type { Registries } from './registries.js';
import type { ServedRegistry } from './served-registry.js';

export interface ValidBatch {
  /** Whose batch it is. */
  readonly registry: Registry;
  readonly batch: IncomingBatch;
  readonly rejected: ReadBatch['rejected'];
}

/** What day it is, by the server's clock and by what it has counted. */
export interface Days {
  readonly today: number;
  /** The newest day of a batch that was counted; undefined before the first. */
  readonly newest: number | undefined;
}

/**
 * A body of canonical bytes, wholly checked before anything is touched.
 * @throws BatchError, ProblemError
 */
export function validateBytes(bytes: Uint8Array, registries: Registries, days: Days): ValidBatch {
  const header = parseHeader(bytes);
  checkDay(header, days);
  return validated(header, bytes, registries.find(header.registry));
}

/**
 * The JSON form: converted to the canonical bytes first, so that the two forms of one batch are one batch.
 * @throws BatchError, ProblemError
 */
export function validateJson(json: BatchJson, registries: Registries, days: Days): ValidBatch {
  const header = headerFromJson(json);
  checkDay(header, days);
  const served = registries.find(header.registry);
  const bytes = batchFromJson(json, served);
  if (bytes.length > policy.maxBatchBytes) throw new ProblemError('batch-too-large');
  return validated(header, bytes, served);
}

function validated(header: Header, bytes: Uint8Array, served: ServedRegistry): ValidBatch {
  const { day, nonce } = header;
  const { contributions, rejected } = readBatch(bytes, header, served);
  return { registry: served.registry, batch: { day, nonce, bytes, contributions }, rejected };
}

/**
 * A batch must be of the days whose nonces are remembered, or it could not be told from a replay. These days follow the
 * newest one counted, so a clock that is ahead refuses nobody for good: it is believed only where it is behind. One that is
 * behind takes batches for tomorrow's, and asks for a retry.
 * @throws ProblemError `day-out-of-range`, `day-ahead`
 */
export function checkDay({ day }: Pick<Header, 'day'>, { today, newest = today }: Days): void {
  if (day <= Math.min(today, newest) - policy.retainedDays) throw new ProblemError('day-out-of-range');
  if (day > today + policy.clockSkewDays) throw new ProblemError('day-ahead');
}
