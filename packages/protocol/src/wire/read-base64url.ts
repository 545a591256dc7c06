const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const NONE = 64;

/** Value of a letter by its code below 128; `NONE` if it has none. */
const SIXES = /* @__PURE__ */ Uint8Array.from({ length: 128 }, (_, code) => {
  const six = ALPHABET.indexOf(String.fromCharCode(code));
  return six < 0 ? NONE : six;
});

/**
 * Reads base64url of exactly `length` bytes to where they belong: what a server reads fifty of in a batch.
 * @returns whether `text` is their one canonical form (no padding, unused bits zero)
 */
export function readBase64url(text: string, into: Uint8Array, at: number, length: number): boolean {
  if (text.length !== Math.ceil((8 * length) / 6)) return false;
  let word = 0;
  let bits = 0;
  let to = at;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const six = code < SIXES.length ? (SIXES[code] as number) : NONE;
    if (six === NONE) return false;
    word = ((word << 6) | six) & 0xfff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    into[to++] = word >> bits;
  }
  return (word & ((1 << bits) - 1)) === 0;
}
