import type { State } from '@dither/mechanisms';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packState, unpackState } from '../src/storage/packed-state.js';

const count = fc.oneof(fc.constant(0), fc.nat(200), fc.maxSafeNat());
const states = fc
  .record({ params: fc.string({ unit: 'grapheme-ascii', maxLength: 60 }), n: count, counts: fc.array(count) })
  .map(({ params, n, counts }): State => ({ params, n, counts: Float64Array.from(counts) }));

describe('a packed state', () => {
  it('is the state', () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(unpackState(packState(state))).toEqual(state);
      }),
    );
  });

  it('takes room for what has counted alone', () => {
    const counts = new Float64Array(8192);
    counts[4000] = 1;
    counts[4001] = 1;
    const packed = packState({ params: 'rappor', n: 1, counts });
    expect(packed.length).toBeLessThan(20);
    expect(packState({ params: 'rappor', n: 9000, counts: counts.fill(4500) }).length).toBeLessThan(4 * 8192);
    expect(unpackState(packed).counts.indexOf(1)).toBe(4000);
  });

  it('has a layout that does not change', () => {
    const state = { params: 'x', n: 300, counts: Float64Array.of(0, 0, 7, 128) };
    expect(Buffer.from(packState(state)).toString('hex')).toBe('53500178ac02040207008001');
  });

  it('is refused, never misread, when it is something else', () => {
    const good = packState({ params: 'x', n: 300, counts: Float64Array.of(0, 0, 7, 128) });
    const bad = [
      [],
      [0x53],
      good.slice(0, -1),
      [...good, 1, 1],
      [...good, 0],
      [0, ...good.slice(1)],
      [...good.slice(0, 4), ...new Array(12).fill(255)],
      [...good.slice(0, 4), 1, 255, 255, 255, 255, 127],
    ];
    for (const bytes of bad) expect(() => unpackState(Uint8Array.from(bytes))).toThrow(/^state-malformed/);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
        try {
          unpackState(Uint8Array.from([0x53, 0x50, ...noise]));
        } catch (error) {
          expect((error as Error).message).toMatch(/^state-malformed/);
        }
      }),
    );
  });
});
