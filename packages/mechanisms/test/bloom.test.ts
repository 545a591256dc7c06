import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bloomBits, candidateBits } from '../src/encode/bloom.js';
import { utf8 } from '../src/encode/utf8.js';

const shapes = fc
  .record({ hashes: fc.integer({ min: 1, max: 4 }), cohorts: fc.integer({ min: 1, max: 20 }) })
  .chain(({ hashes, cohorts }) =>
    fc.integer({ min: 2 * hashes, max: 1024 }).map((bits) => ({ bits, hashes, cohorts })),
  );
const texts = fc.string({ unit: 'binary', minLength: 1, maxLength: 200 });

describe('utf8', () => {
  it('is that of TextEncoder, halves of surrogate pairs included', () => {
    const halves = fc.array(fc.integer({ min: 0xd7f0, max: 0xe010 })).map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(fc.oneof(texts, halves), (text) => {
        expect(utf8(text)).toEqual(Uint8Array.from(new TextEncoder().encode(text)));
      }),
    );
  });
});

describe('the bits of a text', () => {
  it('are exactly as many as there are hashes, different and ascending, in every shape', () => {
    fc.assert(
      fc.property(texts, shapes, (text, shape) => {
        for (let cohort = 0; cohort < shape.cohorts; cohort++) {
          const bits = bloomBits(text, cohort, shape);
          expect(bits.length).toBe(shape.hashes);
          expect(new Set(bits).size).toBe(shape.hashes);
          expect(bits).toEqual([...bits].sort((a, b) => a - b));
          expect(bits.every((bit) => Number.isInteger(bit) && bit >= 0 && bit < shape.bits)).toBe(true);
        }
      }),
    );
  });

  it('are none where there is no text', () => {
    expect(bloomBits('', 0, { bits: 8, hashes: 2, cohorts: 1 })).toEqual([]);
  });

  it('depend on the text, not on who writes a half of a pair how', () => {
    const shape = { bits: 1024, hashes: 4, cohorts: 1 };
    expect(bloomBits('\ud800', 0, shape)).toEqual(bloomBits('\ufffd', 0, shape));
    expect(bloomBits('a', 0, shape)).not.toEqual(bloomBits('b', 0, shape));
  });

  // Computed from the description by another program.
  it('stay what they are: clients and servers of all versions must agree', () => {
    const shape = { bits: 128, hashes: 2, cohorts: 64 };
    const table = ['a', 'https://www.example.org/', 'na\u00efve \u{1f600}'].map((text) =>
      [0, 1, 63].map((cohort) => bloomBits(text, cohort, shape)),
    );
    expect(table).toEqual([
      [
        [11, 45],
        [63, 125],
        [57, 63],
      ],
      [
        [21, 43],
        [91, 109],
        [26, 105],
      ],
      [
        [9, 108],
        [38, 45],
        [14, 71],
      ],
    ]);
    expect(bloomBits('a', 5, { bits: 8, hashes: 4, cohorts: 64 })).toEqual([3, 4, 6, 7]);
  });
});

describe('the bits of candidates', () => {
  it('are those of each text in each cohort, at its rows', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(texts, fc.constant('')), { maxLength: 8 }), shapes, (candidates, shape) => {
        const { count, starts, rows } = candidateBits(candidates, shape);
        expect(count).toBe(candidates.length);
        candidates.forEach((text, v) => {
          const expected = Array.from({ length: shape.cohorts }, (_, cohort) =>
            bloomBits(text, cohort, shape).map((bit) => cohort * shape.bits + bit),
          );
          expect([...rows.subarray(starts[v], starts[v + 1])]).toEqual(expected.flat());
        });
        expect(starts[count]).toBe(rows.length);
      }),
      { numRuns: 50 },
    );
  });
});
