import { decodeState, encodeState, type State } from '@dither/mechanisms';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOf, hex } from './support/ensure.js';

const whole = fc.oneof(fc.nat(), fc.maxSafeNat());
const states = fc
  .record({
    params: fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
    n: whole,
    counts: fc.array(whole, { maxLength: 40 }),
  })
  .map(({ params, n, counts }): State => ({ params, n, counts: Float64Array.from(counts) }));

const SAMPLE: State = { params: 'grr/3/1000000', n: 6, counts: Float64Array.of(1, 2, 3) };

describe('the bytes of a state', () => {
  it('keep it', () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(decodeState(encodeState(state))).toEqual(state);
      }),
    );
  });

  it('are read wherever they lie in a larger buffer', () => {
    const bytes = encodeState(SAMPLE);
    const larger = new Uint8Array(bytes.length + 10).fill(255);
    larger.set(bytes, 7);
    expect(decodeState(larger.subarray(7, 7 + bytes.length))).toEqual(SAMPLE);
  });

  it('have a layout that does not change', () => {
    expect(hex(encodeState({ params: 'x', n: 1, counts: Float64Array.of(2) }))).toBe(
      `4453010178${'000000000000f03f'}${'0000000000000040'}`,
    );
  });

  it('are refused, never misread, when they are something else', () => {
    const good = encodeState(SAMPLE);
    const changed = (at: number, ...bytes: number[]) => {
      const copy = good.slice();
      copy.set(bytes, at);
      return copy;
    };
    const firstCounter = 4 + SAMPLE.params.length;
    const double = (x: number) => new Uint8Array(Float64Array.of(x).buffer);
    const malformed = {
      empty: new Uint8Array(),
      'no magic': changed(0, 0x00),
      'another version': changed(2, 2),
      'a key longer than the bytes': changed(3, 255),
      'a key of another length': changed(3, SAMPLE.params.length + 1),
      'half a counter': good.subarray(0, good.length - 4),
      'no n': good.subarray(0, firstCounter),
      'a negative n': changed(firstCounter, ...double(-1)),
      'a fraction': changed(firstCounter + 8, ...double(0.5)),
      'not a number': changed(firstCounter + 8, ...double(Number.NaN)),
      infinity: changed(firstCounter + 8, ...double(Number.POSITIVE_INFINITY)),
      'beyond 2^53': changed(firstCounter + 8, ...double(2 ** 53)),
    };
    for (const [name, bytes] of Object.entries(malformed)) {
      expect([name, codeOf(() => decodeState(bytes))]).toEqual([name, 'state-malformed']);
    }
  });

  it('never crash the reader, whatever they are', () => {
    const prefix = encodeState(SAMPLE).subarray(0, 4);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (noise, hasPrefix) => {
        const bytes = hasPrefix ? Uint8Array.from([...prefix, ...noise]) : noise;
        expect(['returned', 'state-malformed']).toContain(codeOf(() => decodeState(bytes)));
      }),
    );
  });
});
