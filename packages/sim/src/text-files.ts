import { type FileHandle, open } from 'node:fs/promises';
import { SimError } from './errors.js';
import { unreadable } from './files.js';
import { policy } from './policy.js';
import { type Fault, utf8Lines } from './utf8-lines.js';

/**
 * The lines of a file, each ended by LF or CRLF, one after the other: a file may be larger than memory.
 * @throws SimError `file-unreadable`, `texts-invalid` (not UTF-8)
 */
export async function* fileLines(path: string): AsyncGenerator<string, void> {
  const file = await opened(path);
  try {
    const bytes = file.createReadStream({ autoClose: false });
    const refusal = (fault: Fault): SimError =>
      new SimError('texts-invalid', 'texts are in UTF-8', { file: path, ...fault });
    for await (const line of utf8Lines(bytes, refusal)) yield line.endsWith('\r') ? line.slice(0, -1) : line;
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
  let at = 0;
  for await (const text of fileLines(path)) {
    at++;
    if (text === '') continue;
    if (texts.length === policy.maxCandidates) {
      throw new SimError('texts-too-many', `a file of texts has at most ${policy.maxCandidates}`, {
        file: path,
        line: at,
        column: 1,
      });
    }
    texts.push(text);
  }
  if (texts.length === 0) throw new SimError('texts-empty', 'the file holds no text, one per line', { file: path });
  return texts;
}

async function opened(path: string): Promise<FileHandle> {
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (!(await file.stat()).isDirectory()) return file;
  await file.close();
  throw unreadable(path, { code: 'EISDIR' });
}
