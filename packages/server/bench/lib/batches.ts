import { randomFillSync } from 'node:crypto';
import { client as oue } from '@dither/mechanisms/oue';
import { batchToJson, category, dayOf, defineRegistry, encodeBatch, type Registry } from '@dither/protocol';

/** Metrics of 128 outcomes: a report of each has 16 bytes. */
export const METRICS = 50;
const REPORT_BYTES = 16;

const about = { description: 'd', purpose: 'p', owner: 'o', expires: '2099-12-31', period: 1 } as const;
const values = Array.from({ length: 8 * REPORT_BYTES - 1 }, (_, i) => `v${i}`);

export const registry: Registry = defineRegistry({
  app: 'bench',
  expectedClients: 1e6,
  budget: { perWindow: 28 * METRICS, lifetime: 1e6 },
  metrics: Object.fromEntries(
    Array.from({ length: METRICS }, (_, i) => [`m${i}`, category({ ...about, values, mechanism: oue })]),
  ),
});

/** A body to post, and where its nonce goes. */
export interface Body {
  readonly type: 'application/octet-stream' | 'application/json';
  /** A new one each time, with the same reports. */
  next(): Buffer;
}

const NONCE_AT = 3;
const NONCE_BYTES = 16;

/** One report of each metric for yesterday, in both forms of the protocol. */
export function bodies(): { readonly binary: Body; readonly json: Body } {
  const day = dayOf(Date.now());
  const reports = registry.wire.map((_, index) => ({
    index,
    window: day - 1,
    bytes: randomFillSync(new Uint8Array(REPORT_BYTES)),
  }));
  const nonce = new Uint8Array(NONCE_BYTES);
  const bytes = Buffer.from(encodeBatch(registry, { day, nonce, reports }));
  const json = Buffer.from(JSON.stringify(batchToJson({ day, nonce, registry: registry.fingerprint, reports })));
  const named = json.indexOf(Buffer.from(nonce).toString('base64url'));
  return {
    binary: {
      type: 'application/octet-stream',
      next: () => randomFillSync(Buffer.from(bytes), NONCE_AT, NONCE_BYTES),
    },
    json: {
      type: 'application/json',
      next() {
        const body = Buffer.from(json);
        body.write(randomFillSync(Buffer.alloc(NONCE_BYTES)).toString('base64url'), named);
        return body;
      },
    },
  };
}
