/**
 * A text in UTF-8, half a surrogate pair as U+FFFD, as `TextEncoder` has it. Written out because not every runtime that
 * the client meets has one.
 */
export function utf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const letter of text) {
    const point = letter.codePointAt(0) as number;
    const scalar = point >> 11 === 0xd800 >> 11 ? 0xfffd : point;
    // Bytes that follow the first, of six bits each.
    let left = scalar < 0x80 ? 0 : scalar < 0x800 ? 1 : scalar < 0x10000 ? 2 : 3;
    bytes.push((left > 0 ? -0x80 >> left : 0) | (scalar >> (6 * left)));
    while (left-- > 0) bytes.push(0x80 | ((scalar >> (6 * left)) & 0x3f));
  }
  return Uint8Array.from(bytes);
}
