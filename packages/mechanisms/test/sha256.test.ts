import { createHash } from 'node:crypto';
import { sha256 } from '@dither/mechanisms';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex } from './support/ensure.js';

describe('sha256', () => {
  it('agrees with node:crypto on any message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (message) => {
        expect(hex(sha256(message))).toBe(createHash('sha256').update(message).digest('hex'));
      }),
    );
  });

  it('agrees with node:crypto at every length up to three blocks, and on a long message', () => {
    for (const length of [...Array(193).keys(), 1_000_003]) {
      const message = new Uint8Array(length).fill(0x61);
      expect(hex(sha256(message))).toBe(createHash('sha256').update(message).digest('hex'));
    }
  });

  it('gives the digests of FIPS 180-4', () => {
    const digest = (text: string) => hex(sha256(new TextEncoder().encode(text)));
    expect(digest('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(digest('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
});
