import { readFile } from 'node:fs/promises';
import { SimError } from './errors.js';
import { placeInJson } from './json-place.js';

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
export function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What the engine says differs between versions and often names no place.
    throw new SimError('json-malformed', 'this is not JSON', { file: path, ...placeInJson(text) });
  }
}
