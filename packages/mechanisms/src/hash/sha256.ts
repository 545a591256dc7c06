/**
 * SHA-256 (FIPS 180-4, section 6.2), synchronous and without dependency.
 *
 * Fingerprints must be had while a page loads, on runtimes where Web Crypto's digest is asynchronous or missing.
 * Never used as a secret's guard here, so nothing about its timing matters. The constants are derived, not listed:
 * fractional parts of the square and cube roots of the first primes (section 4.2.2, 5.3.3).
 */
const { initial, rounds } = constants();

function constants(): { initial: readonly number[]; rounds: readonly number[] } {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p !== 0)) primes.push(n);
  return {
    initial: primes.slice(0, 8).map((p) => rootFraction(BigInt(p), 2)),
    rounds: primes.map((p) => rootFraction(BigInt(p), 3)),
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
  const padded = new Uint8Array((((message.length + 8) >> 6) + 1) << 6);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(message.length / 2 ** 29));
  view.setUint32(padded.length - 4, message.length << 3);

  const hash = Int32Array.from(initial);
  const w = new Int32Array(64);
  for (let block = 0; block < padded.length; block += 64) {
    for (let i = 0; i < 64; i++) {
      w[i] =
        i < 16
          ? view.getInt32(block + 4 * i)
          : (w[i - 16] as number) + small(w[i - 15], 7, 18, 3) + (w[i - 7] as number) + small(w[i - 2], 17, 19, 10);
    }
    let [a, b, c, d, e, f, g, h] = hash as unknown as [number, number, number, number, number, number, number, number];
    for (let i = 0; i < 64; i++) {
      const t1 =
        h +
        (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
        ((e & f) ^ (~e & g)) +
        (rounds[i] as number) +
        (w[i] as number);
      const t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => {
      hash[i] = (hash[i] as number) + word;
    });
  }
  const digest = new DataView(new ArrayBuffer(32));
  hash.forEach((word, i) => {
    digest.setInt32(4 * i, word);
  });
  return new Uint8Array(digest.buffer);
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

function small(word: number | undefined, first: number, second: number, shift: number): number {
  const x = word as number;
  return rotate(x, first) ^ rotate(x, second) ^ (x >>> shift);
}
