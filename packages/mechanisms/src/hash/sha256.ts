/**
 * SHA-256 (FIPS 180-4, section 6.2), synchronous and without dependency.
 *
 * Fingerprints must be had while a page loads, on runtimes where Web Crypto's digest is asynchronous or missing.
 * Never used as a secret's guard here, so nothing about its timing matters. The constants are derived, not listed:
 * fractional parts of the square and cube roots of the first primes (section 4.2.2, 5.3.3).
 */
const { initial, rounds } = constants();

function constants(): { readonly initial: Int32Array; readonly rounds: Int32Array } {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p !== 0)) primes.push(n);
  return {
    initial: Int32Array.from(primes.slice(0, 8), (p) => rootFraction(BigInt(p), 2)),
    rounds: Int32Array.from(primes, (p) => rootFraction(BigInt(p), 3)),
  };
}

/** First 32 bits of the fraction of the square (2) or cube (3) root, by bisection in integers. */
function rootFraction(prime: bigint, degree: 2 | 3): number {
  const target = prime << BigInt(32 * degree);
  let low = 0n;
  let high = prime << 32n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** BigInt(degree) <= target) low = middle;
    else high = middle;
  }
  return Number(low & 0xffffffffn);
}

/** The digest, 32 bytes. */
export function sha256(message: Uint8Array): Uint8Array {
  const digest = new Uint8Array(32);
  const words = sha256Words(message);
  for (let i = 0; i < 32; i++) digest[i] = (words[i >> 2] as number) >>> (24 - 8 * (i & 3));
  return digest;
}

/** The digest as eight words, signed. */
export function sha256Words(message: Uint8Array): Int32Array {
  const { length } = message;
  const hash = new Int32Array(initial);
  const words = new Int32Array(16);
  // Padding is a bit, zeros, and the length in bits in the last eight bytes of a block.
  const end = ((length + 8) & ~63) + 64;
  for (let block = 0; block < end; block += 64) {
    loadBlock(message, block, words);
    if (block <= length && length < block + 64) addByte(words, length - block, 0x80);
    if (block + 64 === end) {
      words[14] = Math.floor(length / 2 ** 29);
      words[15] = length << 3;
    }
    compress(hash, words);
  }
  return hash;
}

/** The bytes of a block as big-endian words, zeros beyond the message. */
function loadBlock(message: Uint8Array, block: number, words: Int32Array): void {
  const whole = Math.min(16, (message.length - block) >> 2);
  for (let i = 0, at = block; i < whole; i++, at += 4) {
    words[i] =
      ((message[at] as number) << 24) |
      ((message[at + 1] as number) << 16) |
      ((message[at + 2] as number) << 8) |
      (message[at + 3] as number);
  }
  for (let i = Math.max(0, whole); i < 16; i++) words[i] = 0;
  const end = Math.min(64, message.length - block);
  for (let i = 4 * whole; i < end; i++) addByte(words, i, message[block + i] as number);
}

function addByte(words: Int32Array, at: number, byte: number): void {
  words[at >> 2] = (words[at >> 2] as number) | (byte << (24 - 8 * (at & 3)));
}

/** Takes a block into the hash; `w` holds its words, and is written over. */
function compress(hash: Int32Array, w: Int32Array): void {
  let a = hash[0] as number;
  let b = hash[1] as number;
  let c = hash[2] as number;
  let d = hash[3] as number;
  let e = hash[4] as number;
  let f = hash[5] as number;
  let g = hash[6] as number;
  let h = hash[7] as number;
  for (let i = 0; i < 64; i++) {
    const word = i < 16 ? (w[i] as number) : schedule(w, i);
    const choice = g ^ (e & (f ^ g));
    const majority = (a & b) ^ (c & (a ^ b));
    const t1 = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + (rounds[i] as number) + word) | 0;
    const t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  hash[0] = (hash[0] as number) + a;
  hash[1] = (hash[1] as number) + b;
  hash[2] = (hash[2] as number) + c;
  hash[3] = (hash[3] as number) + d;
  hash[4] = (hash[4] as number) + e;
  hash[5] = (hash[5] as number) + f;
  hash[6] = (hash[6] as number) + g;
  hash[7] = (hash[7] as number) + h;
}

/** Word i of the message schedule, which takes the place of word i - 16: no later one needs that. */
function schedule(w: Int32Array, i: number): number {
  const x = w[(i - 15) & 15] as number;
  const y = w[(i - 2) & 15] as number;
  const first = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
  const second = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
  const word = ((w[i & 15] as number) + first + (w[(i - 7) & 15] as number) + second) | 0;
  w[i & 15] = word;
  return word;
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}
