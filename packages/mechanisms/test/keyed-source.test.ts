import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hmacSha256 } from '../src/hash/hmac.js';
import { keyedSource } from '../src/random/keyed-source.js';
import { hex } from './support/ensure.js';

const bytes = fc.uint8Array({ maxLength: 200 });

describe('hmacSha256', () => {
  it('agrees with node:crypto, for keys shorter and longer than a block', () => {
    fc.assert(
      fc.property(bytes, bytes, (key, message) => {
        expect(hex(hmacSha256(key, message))).toBe(createHmac('sha256', key).update(message).digest('hex'));
      }),
    );
  });
});

describe('a keyed source', () => {
  it('gives the words of HMAC of the message and a counter, block after block', () => {
    fc.assert(
      fc.property(bytes, bytes, (key, message) => {
        const source = keyedSource(key, message);
        const words = Array.from({ length: 20 }, () => source.next().toString(16).padStart(8, '0')).join('');
        const blocks = [0, 1, 2].map((block) =>
          createHmac('sha256', key)
            .update(message)
            .update(Uint8Array.of(0, 0, 0, block))
            .digest('hex'),
        );
        expect(words).toBe(blocks.join('').slice(0, 160));
      }),
    );
  });

  it('counts as seeded, so that no device takes it for randomness', () => {
    expect(keyedSource(new Uint8Array(32), new Uint8Array()).isSeeded).toBe(true);
  });
});
