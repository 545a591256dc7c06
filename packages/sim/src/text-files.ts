import { open } from 'node:fs/promises';
import { SimError } from './errors.js';
import { unreadable } from './files.js';
import { policy } from './policy.js';

/**
 * The lines of a file, one after the other: a file may be larger than memory.
 * @throws SimError `file-unreadable`
 */
export async function* fileLines(path: string): AsyncGenerator<string, void> {
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    if ((await file.stat()).isDirectory()) throw unreadable(path, { code: 'EISDIR' });
    yield* file.readLines();
  } finally {
    await file.close();
  }
}

/**
 * A file of one text per line, in its order; empty lines are passed over.
 * @throws SimError `file-unreadable`, `texts-too-many`, `texts-empty`
 */
export async function readTextLines(path: string): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const line of fileLines(path)) {
    // Spreadsheets begin a file with a byte-order mark.
    const text = texts.length === 0 ? line.replace(/^\uFEFF/, '') : line;
    if (text === '') continue;
    if (texts.length === policy.maxCandidates) {
      throw new SimError('texts-too-many', `a file of texts has at most ${policy.maxCandidates}`, { file: path });
    }
    texts.push(text);
  }
  if (texts.length === 0) throw new SimError('texts-empty', 'the file holds no text, one per line', { file: path });
  return texts;
}
