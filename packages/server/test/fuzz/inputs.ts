import { batchToJson } from '@dither/protocol';
import { batchBytes, DAY, registry, type TestReport, wireReport } from '../fixture.js';
import type { Random } from '../support/random.js';
import { anyCandidates } from './candidates.js';
import { anyHeaders, anyType } from './headers.js';
import { mutateBytes, splice } from './mutate-bytes.js';
import { mutateStructure, mutateText } from './mutate-json.js';
import { anyUrl } from './urls.js';

/** A request, whatever it may be worth. */
export interface Input {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'PATCH' | 'OPTIONS' | 'HEAD';
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body?: Buffer;
}

/** Of ten inputs some four are canonical bytes, three JSON; half of those are batches as they should be, or nearly. */
export function anyInput(random: Random): Input {
  const kind = random.int(10);
  if (kind < 4) return report(anyBytes(random), 'application/octet-stream', random);
  if (kind < 7) return report(Buffer.from(anyJson(random)), 'application/json', random);
  if (kind < 8) return anyCandidates(random);
  const method = random.once(4) ? random.pick(['PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'] as const) : 'GET';
  const body = method === 'GET' || random.once(2) ? {} : { body: anyBytes(random) };
  return { method, url: anyUrl(random), headers: anyHeaders(random), ...body };
}

function report(body: Buffer, type: string, random: Random): Input {
  const headers = { 'content-type': random.once(12) ? anyType(random) : type, ...anyHeaders(random) };
  return { method: 'POST', url: '/v1/reports', headers, body };
}

interface Parts {
  readonly day: number;
  readonly nonce: Buffer;
  readonly reports: readonly TestReport[];
}

/** So few that many a batch is a duplicate. */
const NONCES = 3000;

function anyParts(random: Random): Parts {
  const day = random.once(8) ? DAY + random.int(16) - 10 : DAY - random.int(3);
  const nonce = Buffer.alloc(16);
  nonce.writeUInt32LE(random.int(NONCES), random.int(3) * 4);
  const reports = Array.from({ length: 1 + random.int(8) }, (): TestReport => {
    const window = day - (random.once(6) ? random.int(40) - 2 : 1 + random.int(3));
    if (random.once(4))
      return { id: 'load-time', bytes: [random.int(256), random.int(3)], window: window - (window % 7) - 7 };
    const id = random.pick(['dark-mode', 'searches', 'theme'] as const);
    return { id, bytes: [random.int(random.once(6) ? 256 : 2)], window };
  });
  return { day, nonce, reports };
}

/** One report for a metric and window: what a batch can say in both forms. */
function distinct(reports: readonly TestReport[]): readonly TestReport[] {
  const named = new Map(reports.map((one) => [`${one.id} ${one.window}`, one]));
  return [...named.values()];
}

function anyBytes(random: Random): Buffer {
  const parts = anyParts(random);
  let bytes: Buffer = Buffer.from(batchBytes({ ...parts, reports: distinct(parts.reports) }));
  if (random.once(50)) return random.bytes(random.int(200));
  if (random.once(400)) return Buffer.concat([bytes, Buffer.alloc(14_000 + random.int(400), bytes.subarray(27))]);
  for (let i = random.int(4) - 1; i > 0; i--) bytes = mutateBytes(bytes, random);
  return random.once(10) ? splice(bytes, Buffer.from(batchBytes(anyParts(random))), random) : bytes;
}

function anyJson(random: Random): string {
  const { day, nonce, reports } = anyParts(random);
  const wire = distinct(reports).map(wireReport);
  let json: unknown = batchToJson({ day, nonce, registry: registry.fingerprint, reports: wire });
  for (let i = random.int(4) - 1; i > 0; i--) json = mutateStructure(json, random);
  const text = JSON.stringify(json) ?? '';
  return random.once(4) ? mutateText(text, random) : text;
}
