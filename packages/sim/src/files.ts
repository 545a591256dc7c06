import { readFile } from 'node:fs/promises';
import { type LocatedJson, MalformedJsonError, parseLocatedJson } from '@dither/protocol/node';
import { SimError } from './errors.js';

/** @throws SimError `file-unreadable`, with the system's reason */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}

export function unreadable(path: string, error: unknown): SimError {
  const reason = (error as { code?: unknown }).code ?? 'unknown reason';
  return new SimError('file-unreadable', `the file cannot be read (${String(reason)})`, { file: path });
}

/** @throws SimError `json-malformed`, with line and column */
export function parseJson(path: string, text: string): LocatedJson {
  try {
    return parseLocatedJson(text);
  } catch (error) {
    if (!(error instanceof MalformedJsonError)) throw error;
    throw new SimError('json-malformed', error.message, { file: path, ...error.position });
  }
}
