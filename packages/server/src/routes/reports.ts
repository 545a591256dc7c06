import { type Receipt, toBase64url } from '@dither/protocol';
import type { FastifyInstance } from 'fastify';
import type { Access } from '../access/access.js';
import { type Clock, today } from '../clock.js';
import { ProblemError } from '../errors.js';
import type { Batcher } from '../ingest/batcher.js';
import type { Registries } from '../ingest/registries.js';
import { checkDay, type Days, type ValidBatch, validateBytes, validateJson } from '../ingest/validate.js';
import { readBatchJson } from '../schemas/batch.js';
import type { Storage } from '../storage/storage.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { answerError, problemOf } from './problems.js';

export interface ReportsOptions {
  readonly registries: Registries;
  readonly access: Pick<Access, 'isKeyTaken'>;
  readonly storage: Pick<Storage, 'newestDay'>;
  readonly batcher: Batcher;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** `POST` at the scope's prefix, `/v1/reports`: one batch, as canonical bytes or as JSON. A 200 means durable. */
export function reportsRoute(app: FastifyInstance, options: ReportsOptions): void {
  const { registries, access, storage, batcher, clock, telemetry } = options;
  const days = (): Days => ({ today: today(clock), newest: storage.newestDay });

  function validate(body: unknown): ValidBatch {
    if (body instanceof Uint8Array) {
      return validateBytes(new Uint8Array(body.buffer, body.byteOffset, body.byteLength), registries, days());
    }
    return validateJson(readBatchJson(body), registries, days());
  }

  /** What says that nobody sent this batch who was asked to, or that the person did not agree. */
  function checkSender({ app: name, gpc }: ValidBatch['registry'], headers: Headers): void {
    if (saysNo(headers['sec-gpc']) && gpc !== 'explicit-grant') throw new ProblemError('gpc-refused');
    const key = headers['dither-key'];
    if (!access.isKeyTaken(name, typeof key === 'string' ? key : undefined)) throw new ProblemError('key-refused');
  }

  app.setErrorHandler((error, request, reply) => {
    telemetry.refused(problemOf(error).code);
    return answerError(error, request, reply);
  });
  app.post('', async (request): Promise<Receipt> => {
    const { registry, batch, rejected } = validate(request.body);
    checkSender(registry, request.headers);
    const outcome = await batcher.submit(batch);
    if (outcome === 'too-old') {
      checkDay(batch, days());
      // By the clock it is not: one of the two is wrong, which no device should pay for.
      throw new ProblemError('unavailable');
    }
    const name = toBase64url(batch.nonce);
    if (outcome === 'duplicate') {
      telemetry.duplicate();
      return { batch: name, duplicate: true };
    }
    const accepted = batch.contributions.length;
    telemetry.accepted(accepted, rejected);
    return { batch: name, duplicate: false, accepted, rejected };
  });
}

/** The signal of Global Privacy Control; a header that came twice is a list, and one yes in it is enough. */
function saysNo(signal: Headers[string]): boolean {
  return String(signal)
    .split(',')
    .some((one) => one.trim() === '1');
}

type Headers = { readonly [name: string]: string | readonly string[] | undefined };
