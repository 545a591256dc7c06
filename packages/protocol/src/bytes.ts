export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += (256 + byte).toString(16).slice(1);
  return text;
}

/** @param text - pairs of lower-case hexadecimal digits, as every fingerprint is */
export function hexBytes(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** @returns undefined for anything but pairs of lower-case hexadecimal digits */
export function fromHex(text: string): Uint8Array | undefined {
  return /^([0-9a-f]{2})*$/.test(text) ? hexBytes(text) : undefined;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Digits of `from` bits each as digits of `to` bits, the highest first; zeros fill the last one. */
function regroup(digits: Iterable<number>, from: number, to: number): readonly number[] {
  const groups: number[] = [];
  let word = 0;
  let bits = 0;
  for (const digit of digits) {
    word = (word << from) | digit;
    for (bits += from; bits >= to; ) {
      bits -= to;
      groups.push((word >> bits) & (2 ** to - 1));
    }
  }
  if (bits > 0) groups.push((word << (to - bits)) & (2 ** to - 1));
  return groups;
}

/** Base64url without padding (RFC 4648, section 5). */
export function toBase64url(bytes: Uint8Array): string {
  return regroup(bytes, 8, 6)
    .map((six) => ALPHABET[six])
    .join('');
}

/** @returns undefined unless `text` is the one canonical form of some bytes (unused bits zero, no padding) */
export function fromBase64url(text: string): Uint8Array | undefined {
  const sixes = [...text].map((letter) => ALPHABET.indexOf(letter));
  const bytes = Uint8Array.from(regroup(sixes, 6, 8)).slice(0, (text.length * 6) >> 3);
  return toBase64url(bytes) === text ? bytes : undefined;
}
