/**
 * SHA-256 (FIPS 180-4, section 6.2), synchronous and without dependency.
 *
 * Fingerprints must be had while a page loads, on runtimes where Web Crypto's digest is asynchronous or missing.
 * Never used as a secret's guard here, so nothing about its timing matters. The constants are derived, not listed:
 * fractional parts of the square and cube roots of the first primes (section 4.2.2, 5.3.3). Doubles are enough: none of the
 * roots is within 2^-42 of where its first 32 bits would change.
 */
const primes: number[] = [];
for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p !== 0)) primes.push(n);

/** First 32 bits of the fractions of their roots. */
const fractions = (degree: number) => primes.map((p) => ((p ** (1 / degree) % 1) * 2 ** 32) | 0);
/** The first eight are meant. */
const initial = fractions(2);
const rounds = fractions(3);

/** The digest, 32 bytes. */
export function sha256(message: Uint8Array): Uint8Array {
  const digest = new Uint8Array(32);
  const words = sha256Words(message);
  for (let i = 0; i < 32; i++) digest[i] = (words[i >> 2] as number) >>> (24 - 8 * (i & 3));
  return digest;
}

/** The digest as eight words, signed. */
export function sha256Words(message: Uint8Array): readonly number[] {
  const { length } = message;
  // Big-endian words of the message, a bit, zeros, and the length in bits in the last eight bytes of a block.
  const words = new Int32Array((((length + 8) >> 6) + 1) << 4);
  for (let i = 0; i <= length; i++) {
    words[i >> 2] = (words[i >> 2] as number) | ((i < length ? (message[i] as number) : 0x80) << (24 - 8 * (i & 3)));
  }
  words[words.length - 2] = length / 2 ** 29;
  words[words.length - 1] = length << 3;
  let hash: readonly number[] = initial;
  for (let block = 0; block < words.length; block += 16) hash = compress(hash, words, block);
  return hash;
}

type Eight = readonly [number, number, number, number, number, number, number, number];

/** Takes into a hash the block of sixteen words from `block` on, over which the message schedule is written. */
function compress(hash: readonly number[], words: Int32Array, block: number): readonly number[] {
  // By their places: a list that is taken apart in order takes as long as half of the rounds.
  let { 0: a, 1: b, 2: c, 3: d, 4: e, 5: f, 6: g, 7: h } = hash as Eight;
  for (let i = 0; i < 64; i++) {
    let word = words[block + (i & 15)] as number;
    if (i > 15) {
      const x = words[block + ((i + 1) & 15)] as number;
      const y = words[block + ((i - 2) & 15)] as number;
      const first = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
      const second = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
      // In the place of word i - 16, which no later one needs.
      word = (word + first + (words[block + ((i - 7) & 15)] as number) + second) | 0;
      words[block + (i & 15)] = word;
    }
    const choice = g ^ (e & (f ^ g));
    const majority = (a & b) ^ (c & (a ^ b));
    const t = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + (rounds[i] as number) + word) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t) | 0;
    d = c;
    c = b;
    b = a;
    a = (t + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority) | 0;
  }
  return [a, b, c, d, e, f, g, h].map((word, i) => (word + (hash[i] as number)) | 0);
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}
