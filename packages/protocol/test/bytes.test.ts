import { utf8 } from '@dither/mechanisms';
import {
  DAY_MS,
  dayOf,
  formatDay,
  fromBase64url,
  fromHex,
  parseDay,
  periodStart,
  toBase64url,
  toHex,
} from '@dither/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const bytes = fc.uint8Array({ maxLength: 70 });

describe('bytes as text', () => {
  it('agree with Node, both ways', () => {
    fc.assert(
      fc.property(bytes, (some) => {
        const buffer = Buffer.from(some);
        expect(toHex(some)).toBe(buffer.toString('hex'));
        expect(toBase64url(some)).toBe(buffer.toString('base64url'));
        expect(fromHex(toHex(some))).toEqual(some);
        expect(fromBase64url(toBase64url(some))).toEqual(some);
      }),
    );
  });

  it('have one form only: any text that is taken is the one that would be written', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'AQgw-_09az+/= é😀'), maxLength: 24 }), (text) => {
        const decoded = fromBase64url(text);
        if (decoded !== undefined) expect(toBase64url(decoded)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('of 16 bytes are refused in 15 of the 16 ways to end their 22 characters', () => {
    const ends = [...'ABCDEFGHIJKLMNOP'].map((end) => fromBase64url(`${'A'.repeat(21)}${end}`));
    expect(ends.filter((decoded) => decoded !== undefined)).toHaveLength(1);
  });

  it('are refused in capitals, with half a byte, or with anything else', () => {
    for (const text of ['AB', 'abc', '0x', ' 00', '00\n']) expect(fromHex(text)).toBeUndefined();
  });

  it('encode text as UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        expect([...utf8(text)]).toEqual([...Buffer.from(text, 'utf8')]);
      }),
    );
  });
});

describe('days', () => {
  it('are counted from 1970, in UTC', () => {
    expect(dayOf(Date.UTC(2026, 10, 21, 23, 59))).toBe(20_778);
    expect(formatDay(20_778)).toBe('2026-11-21');
    expect(parseDay('2026-11-21')).toBe(20_778);
    expect(dayOf(-1)).toBe(-1);
  });

  it('read back as they are written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 65_535 }), (day) => {
        expect(parseDay(formatDay(day))).toBe(day);
        expect(dayOf(day * DAY_MS + DAY_MS - 1)).toBe(day);
      }),
    );
  });

  it('that do not exist are refused', () => {
    for (const text of ['2026-02-29', '2026-13-01', '2026-1-01', '26-01-01', '', '2026-01-01T00:00Z']) {
      expect(parseDay(text)).toBeUndefined();
    }
  });

  it('lie in the period that starts on a multiple of its length', () => {
    expect([0, 6, 7, 27, 28].map((day) => periodStart(day, 7))).toEqual([0, 0, 7, 21, 28]);
    expect(periodStart(20_778, 28)).toBe(28 * Math.floor(20_778 / 28));
  });
});
