import { randomBytes, randomFillSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { NonceSet, nonceSecret } from '../src/storage/nonces.js';

describe('NonceSet', () => {
  it('agrees with a Set while it grows', () => {
    const set = new NonceSet(nonceSecret(randomFillSync));
    const all = randomBytes(16 * 20_000);
    const reference = new Set<string>();
    for (let at = 0; at < all.length; at += 16) {
      const isNew = !reference.has(all.toString('hex', at, at + 16));
      expect(set.has(all, at)).toBe(!isNew);
      if ((at / 16) % 3 === 0) continue;
      set.add(all, at);
      set.add(all, at);
      reference.add(all.toString('hex', at, at + 16));
    }
    expect(set.size).toBe(reference.size);
    for (let at = 0; at < all.length; at += 16) {
      expect(set.has(all, at)).toBe(reference.has(all.toString('hex', at, at + 16)));
    }
  });

  it('holds nonces that differ in one bit, and the nonce of zeros', () => {
    const set = new NonceSet(nonceSecret(randomFillSync));
    const zeros = new Uint8Array(16);
    const bits = Array.from({ length: 128 }, (_, i) => {
      const nonce = new Uint8Array(16);
      nonce[i >> 3] = 1 << (i & 7);
      return nonce;
    });
    expect(set.has(zeros)).toBe(false);
    for (const nonce of bits) set.add(nonce);
    expect(set.has(zeros)).toBe(false);
    set.add(zeros);
    expect([zeros, ...bits].every((nonce) => set.has(nonce))).toBe(true);
    expect(set.size).toBe(129);
  });
});
