export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += (256 + byte).toString(16).slice(1);
  return text;
}

/** @returns undefined for anything but pairs of lower-case hexadecimal digits */
export function fromHex(text: string): Uint8Array | undefined {
  if (!/^([0-9a-f]{2})*$/.test(text)) return undefined;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Base64url without padding (RFC 4648, section 5). */
export function toBase64url(bytes: Uint8Array): string {
  let text = '';
  let word = 0;
  let bits = 0;
  for (const byte of bytes) {
    word = (word << 8) | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += ALPHABET[(word >> bits) & 63];
    }
  }
  return bits > 0 ? text + ALPHABET[(word << (6 - bits)) & 63] : text;
}

/** @returns undefined unless `text` is the one canonical form of some bytes (unused bits zero, no padding) */
export function fromBase64url(text: string): Uint8Array | undefined {
  const bytes: number[] = [];
  let word = 0;
  let bits = 0;
  for (const letter of text) {
    const six = ALPHABET.indexOf(letter);
    if (six < 0) return undefined;
    word = (word << 6) | six;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((word >> bits) & 255);
    }
  }
  const read = Uint8Array.from(bytes);
  return toBase64url(read) === text ? read : undefined;
}
