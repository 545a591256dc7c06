import { Buffer, isUtf8 } from 'node:buffer';

/** Where a file is no text, both from one; columns in UTF-16 code units. */
export interface Fault {
  readonly line: number;
  readonly column: number;
}

const NEWLINE = 10;

/**
 * The lines of UTF-8, each ended by LF, without a byte order mark: texts in another encoding would pass for others.
 * @param refusal - what is thrown where a byte is not UTF-8
 */
export async function* utf8Lines(
  chunks: AsyncIterable<Uint8Array>,
  refusal: (fault: Fault) => Error,
): AsyncGenerator<string, void> {
  let rest: Uint8Array = Buffer.alloc(0);
  let line = 1;
  const textsOf = (bytes: Buffer): readonly string[] => {
    if (!isUtf8(bytes)) throw refusal(faultIn(bytes, line));
    const text = bytes.toString('utf8');
    const lines = (line === 1 ? text.replace(/^\uFEFF/, '') : text).split('\n');
    line += lines.length;
    return lines;
  };
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE);
    if (end >= 0) yield* textsOf(Buffer.concat([rest, chunk.subarray(0, end)]));
    rest = Buffer.concat([end >= 0 ? Buffer.alloc(0) : rest, chunk.subarray(end + 1)]);
  }
  if (rest.length > 0) yield* textsOf(Buffer.from(rest));
}

/** @param first - the number of the first line */
function faultIn(bytes: Buffer, first: number): Fault {
  let [line, start] = [first, 0];
  for (;;) {
    const end = bytes.indexOf(NEWLINE, start);
    const own = bytes.subarray(start, end === -1 ? bytes.length : end);
    if (!isUtf8(own) || end === -1) return { line, column: lettersBefore(own) + 1 };
    [line, start] = [line + 1, end + 1];
  }
}

/** Code units up to the first byte that is not UTF-8. */
function lettersBefore(bytes: Buffer): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let letters = 0;
  try {
    for (const byte of bytes) letters += decoder.decode(Uint8Array.of(byte), { stream: true }).length;
  } catch {
    // Found.
  }
  return letters;
}
