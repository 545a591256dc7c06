import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { utf8Lines } from '../src/utf8-lines.js';

/** Read in chunks of so many bytes. */
async function read(bytes: Buffer, size: number): Promise<readonly string[]> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const lines: string[] = [];
  for await (const line of utf8Lines(chunks(), ({ line, column }) => new Error(`${line}:${column}`))) lines.push(line);
  return lines;
}

describe('lines of UTF-8', () => {
  it('are the same however the bytes come, without a byte order mark', async () => {
    const text = 'na\u00efve\r\n\n\u{1f600}\uFEFF\nend';
    for (const size of [1, 2, 3, 5, 100]) {
      expect(await read(Buffer.from(`\uFEFF${text}`), size), `${size}`).toEqual(text.split('\n'));
    }
  });

  it('have no further one after the last LF, and are not ended by other separators', async () => {
    expect(await read(Buffer.from('a\u2028b\rc\n'), 100)).toEqual(['a\u2028b\rc']);
    expect(await read(Buffer.from(''), 100)).toEqual([]);
  });

  it.each([
    ['a byte that begins nothing', [0x61, 0x0a, 0xc3, 0xa4, 0x62, 0xff], '2:3'],
    ['a letter that is cut short by a line', [0x61, 0x0a, 0x62, 0xc3, 0x0a, 0x63], '2:2'],
    ['a letter that is cut short by the end', [0xf0, 0x9f, 0x98, 0x80, 0xf0, 0x9f], '1:3'],
  ])('are refused with line and column: %s', async (_what, bytes, place) => {
    for (const size of [1, 3, 100]) await expect(read(Buffer.from(bytes), size)).rejects.toThrow(place);
  });
});
