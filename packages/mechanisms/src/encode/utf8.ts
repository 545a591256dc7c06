/**
 * A text in UTF-8, half a surrogate pair as U+FFFD, as `TextEncoder` has it. Written out because not every runtime that
 * the client meets has one.
 */
export function utf8(text: string): Uint8Array {
  const ascii = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) return anyText(text);
    ascii[i] = unit;
  }
  return ascii;
}

/** A text that is not all ASCII: its letters one by one, in twenty times the time. */
function anyText(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const letter of text) {
    const point = letter.codePointAt(0) as number;
    const scalar = point >= 0xd800 && point < 0xe000 ? 0xfffd : point;
    if (scalar < 0x80) bytes.push(scalar);
    else if (scalar < 0x800) bytes.push(0xc0 | (scalar >> 6), trailing(scalar));
    else if (scalar < 0x10000) bytes.push(0xe0 | (scalar >> 12), trailing(scalar >> 6), trailing(scalar));
    else bytes.push(0xf0 | (scalar >> 18), trailing(scalar >> 12), trailing(scalar >> 6), trailing(scalar));
  }
  return Uint8Array.from(bytes);
}

/** Six bits in a byte that continues. */
function trailing(bits: number): number {
  return 0x80 | (bits & 0x3f);
}
