import { BatchError, type BatchJson, policy, WIRE_VERSION } from '@dither/protocol';
import { z } from 'zod';
import { ProblemError } from '../errors.js';

const DAY = z.int().min(0).max(65_535);

/** The shape of a JSON batch; what its texts say is the protocol's to check. */
export const batchSchema = z.strictObject({
  version: z.int().describe('1'),
  day: DAY.describe('The day the batch was made: whole days since 1970-01-01, UTC.'),
  nonce: z.string().max(64).describe('16 bytes in base64url, which name the batch.'),
  registry: z.string().max(64).describe('Fingerprint of the registry.'),
  groups: z
    .array(
      z.strictObject({
        window: DAY.describe('First day of the period reported.'),
        reports: z.record(z.string(), z.string()).describe('Place in the wire table to report, in base64url.'),
      }),
    )
    .min(1)
    .max(policy.maxBatchBytes / 2),
}) satisfies z.ZodType<BatchJson>;

/**
 * Reads a batch in its JSON form. A text that JSON parsers read in more than one way, such as one with a field given twice,
 * is refused.
 * @throws ProblemError `malformed-batch`, BatchError `unsupported-version`
 */
export function readBatchJson(body: unknown): BatchJson {
  if (typeof body !== 'string') throw new ProblemError('malformed-batch', 'a body');
  const json = parse(body);
  if (isOfAnotherVersion(json)) {
    throw new BatchError('unsupported-version', `version ${WIRE_VERSION} is the one this code reads`);
  }
  const read = batchSchema.safeParse(json);
  if (!read.success) throw new ProblemError('malformed-batch', placeOf(read.error.issues[0]?.path ?? []));
  if (colonsOf(body) !== keysOf(read.data)) throw new ProblemError('malformed-batch', 'each key once');
  return read.data;
}

/** Whatever else it holds: it waits for a server that knows its shape. */
function isOfAnotherVersion(json: unknown): boolean {
  const { version } = Object(json) as { readonly version?: unknown };
  return Number.isInteger(version) && version !== WIRE_VERSION;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The engine's message would quote the body.
    throw new ProblemError('malformed-batch', 'JSON');
  }
}

/** A key, and no text that a batch may hold, is followed by a colon or has one in it: they count the keys that were written. */
function colonsOf(text: string): number {
  let colons = 0;
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) colons++;
  return colons;
}

/** The keys that were kept: of two that are the same the parser takes the last. */
function keysOf({ groups }: BatchJson): number {
  let keys = HEAD_KEYS + GROUP_KEYS * groups.length;
  for (const { reports } of groups) keys += Object.keys(reports).length;
  return keys;
}

const HEAD_KEYS = Object.keys(batchSchema.shape).length;
const GROUP_KEYS = Object.keys(batchSchema.shape.groups.element.shape).length;

/** Where in a JSON batch something is wrong, in words of the schema: keys that came from the client are not repeated. */
function placeOf(path: readonly PropertyKey[]): string {
  const known = path.map((key) => (typeof key === 'number' || SCHEMA_KEYS.has(String(key)) ? String(key) : '*'));
  return known.join('.') || 'a batch';
}

const SCHEMA_KEYS = new Set(['version', 'day', 'nonce', 'registry', 'groups', 'window', 'reports']);
