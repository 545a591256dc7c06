import { createHash } from 'node:crypto';
import { publicDraw } from '@dither/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { day, nonce } from './arbitraries.js';

const fingerprint = fc.stringMatching(/^[0-9a-f]{16}$/);

describe('the public draw of a report', () => {
  it('is the hash of fingerprint, window, day and nonce, its first six bytes modulo the number of draws', () => {
    const number = fc.integer({ min: 1, max: 2 ** 47 });
    fc.assert(
      fc.property(fingerprint, day, fc.record({ day, nonce }), number, (metric, window, batch, draws) => {
        const days = Buffer.alloc(4);
        days.writeUInt16LE(window);
        days.writeUInt16LE(batch.day, 2);
        const named = Buffer.concat([Buffer.from(metric, 'hex'), days, batch.nonce]);
        const digest = createHash('sha256').update(named).digest();
        expect(publicDraw(metric, window, batch, draws)).toBe(digest.readUIntBE(0, 6) % draws);
      }),
    );
  });

  it('takes every value as often as the others', () => {
    const draws = 16;
    const counts = new Array<number>(draws).fill(0);
    const trials = 16_000;
    for (let i = 0; i < trials; i++) {
      const id = Uint8Array.from({ length: 16 }, (_, at) => (at < 4 ? (i >> (8 * at)) & 255 : 0));
      const draw = publicDraw('0011223344556677', 20_000, { day: 20_007, nonce: id }, draws);
      counts[draw] = (counts[draw] as number) + 1;
    }
    const expected = trials / draws;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 99.9999% quantile of 15 degrees of freedom is 57.6: fixed nonces, so it passes always or never.
    expect(chiSquare).toBeLessThan(57.6);
  });
});
