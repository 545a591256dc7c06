import { type Receipt, toBase64url } from '@dither/protocol';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../clock.js';
import { ProblemError } from '../errors.js';
import type { Batcher } from '../ingest/batcher.js';
import type { Registries } from '../ingest/registries.js';
import { type ValidBatch, validateBytes, validateJson } from '../ingest/validate.js';
import { batchSchema } from '../schemas/batch.js';

export interface ReportsOptions {
  readonly registries: Registries;
  readonly batcher: Batcher;
  readonly clock: Clock;
}

/** `POST` at the scope's prefix, `/v1/reports`: one batch, as canonical bytes or as JSON. A 200 means durable. */
export function reportsRoute(app: FastifyInstance, { registries, batcher, clock }: ReportsOptions): void {
  function validate(body: unknown): ValidBatch {
    if (body instanceof Uint8Array) {
      return validateBytes(new Uint8Array(body.buffer, body.byteOffset, body.byteLength), registries, clock);
    }
    const json = batchSchema.safeParse(body);
    if (!json.success) throw new ProblemError('malformed-batch', placeOf(json.error.issues[0]?.path ?? []));
    return validateJson(json.data, registries, clock);
  }

  app.post('', async (request): Promise<Receipt> => {
    const { batch, rejected } = validate(request.body);
    const outcome = await batcher.submit(batch);
    if (outcome === 'too-old') throw new ProblemError('day-out-of-range');
    const name = toBase64url(batch.nonce);
    if (outcome === 'duplicate') return { batch: name, duplicate: true };
    return { batch: name, duplicate: false, accepted: batch.contributions.length, rejected };
  });
}

/** Where in a JSON batch something is wrong, in words of the schema: keys that came from the client are not repeated. */
function placeOf(path: readonly PropertyKey[]): string {
  const known = path.map((key) => (typeof key === 'number' || SCHEMA_KEYS.has(String(key)) ? String(key) : '*'));
  return known.join('.') || 'a batch';
}

const SCHEMA_KEYS = new Set(['version', 'day', 'nonce', 'registry', 'groups', 'window', 'reports']);
