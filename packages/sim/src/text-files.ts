import { type FileHandle, open } from 'node:fs/promises';
import { SimError } from './errors.js';
import { unreadable } from './files.js';
import { policy } from './policy.js';

/**
 * The lines of a file, one after the other: a file may be larger than memory.
 * @throws SimError `file-unreadable`
 */
export async function* fileLines(path: string): AsyncGenerator<string, void> {
  const file = await opened(path);
  try {
    yield* file.readLines();
  } finally {
    await file.close();
  }
}

/**
 * A file of one text per line, each line ended by LF or CRLF, in its order; empty lines are passed over, and one byte
 * order mark.
 * @throws SimError `file-unreadable`, `texts-invalid` (not UTF-8), `texts-too-many`, `texts-empty`
 */
export async function readTextLines(path: string): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const line of utf8Lines(path)) {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (text === '') continue;
    if (texts.length === policy.maxCandidates) {
      throw new SimError('texts-too-many', `a file of texts has at most ${policy.maxCandidates}`, { file: path });
    }
    texts.push(text);
  }
  if (texts.length === 0) throw new SimError('texts-empty', 'the file holds no text, one per line', { file: path });
  return texts;
}

/** Texts in another encoding would be sought under names that no device has. */
async function* utf8Lines(path: string): AsyncGenerator<string, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Uint8Array): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      // The engine's message says nothing of use.
      throw new SimError('texts-invalid', 'texts are in UTF-8', { file: path });
    }
  };
  const file = await opened(path);
  try {
    let rest = '';
    for await (const chunk of file.createReadStream({ autoClose: false })) {
      const [first = '', ...others] = decode(chunk as Uint8Array).split('\n');
      rest += first;
      for (const line of others) {
        yield rest;
        rest = line;
      }
    }
    yield rest + decode();
  } finally {
    await file.close();
  }
}

async function opened(path: string): Promise<FileHandle> {
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (!(await file.stat()).isDirectory()) return file;
  await file.close();
  throw unreadable(path, { code: 'EISDIR' });
}
