import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { Source } from './data-set.js';
import { RealDataError } from './errors.js';

/**
 * Reads a text file, packed with gzip or not: its first two bytes tell.
 * @throws RealDataError `file-unreadable`, `gzip-malformed`
 */
export async function readSource(file: string): Promise<Source> {
  const bytes = await readFile(file).catch((error: unknown) => {
    const reason = (error as { readonly code?: unknown }).code ?? 'unknown reason';
    throw new RealDataError('file-unreadable', `the file cannot be read (${String(reason)})`, { file });
  });
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return { file, text: (isPacked ? unpack(file, bytes) : bytes).toString('utf8') };
}

function unpack(file: string, bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes);
  } catch {
    throw new RealDataError('gzip-malformed', 'the file begins like gzip and cannot be unpacked', { file });
  }
}

/** @throws RealDataError `json-malformed` */
export function parseJson({ file, text }: Source): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RealDataError('json-malformed', 'this is not JSON', { file });
  }
}

/** The members of a JSON object. @throws RealDataError `shape-invalid` */
export function members(file: string, at: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RealDataError('shape-invalid', 'expected an object', { file, at });
  }
  return Object.entries(value);
}

/** The items of a JSON list. @throws RealDataError `shape-invalid` */
export function items(file: string, at: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new RealDataError('shape-invalid', 'expected a list', { file, at });
  return value;
}
