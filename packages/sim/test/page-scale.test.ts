import { describe, expect, it } from 'vitest';
import { numeral, numerals } from '../src/page/numerals.js';
import type { Axis } from '../src/page/page.js';
import { fitted, widthOf } from '../src/page/svg/letters.js';
import { isDrawable, scaleOf } from '../src/page/svg/scale.js';
import { spread } from '../src/page/svg/spread.js';

function axis(scale: Axis['scale'], format: Axis['format'] = 'number'): Axis {
  return { label: '', scale, format };
}

function labels(of: Axis, numbers: readonly number[], most = 7, isTight = false): readonly string[] {
  return scaleOf(of, numbers, { from: 0, to: 100, most, isTight }).ticks.map(({ label }) => label);
}

describe('an axis', () => {
  it('begins at zero where that costs at most half of it', () => {
    expect(labels(axis('linear', 'share'), [0.1, 0.38])).toEqual(['0%', '10%', '20%', '30%', '40%']);
    expect(labels(axis('linear'), [61, 65])[0]).toBe('61');
    expect(labels(axis('linear'), [-3, -1]).at(-1)).toBe('0');
  });

  it('ends at 1, 2 or 5 times a power of ten where it is logarithmic', () => {
    expect(labels(axis('log'), [0.5, 4])).toEqual(['0.5', '1', '2', '5']);
    expect(labels(axis('log', 'share'), [0.003, 0.4], 8)).toEqual([
      '0.2%',
      '0.5%',
      '1%',
      '2%',
      '5%',
      '10%',
      '20%',
      '50%',
    ]);
    expect(labels(axis('log', 'share'), [0.003, 0.4], 6)).toEqual(['0.3%', '1%', '3%', '10%', '30%']);
    const scale = scaleOf(axis('log'), [0.3, 70], { from: 0, to: 100, most: 7 });
    expect([scale.at(0.2), scale.at(100)]).toEqual([0, 100]);
  });

  it('has only powers of ten where it is long, and evenly spaced ticks within one of them', () => {
    expect(labels(axis('log'), [1, 1e6])).toEqual(['1', '10', '100', '1,000', '10,000', '100,000', '1M']);
    expect(labels(axis('log'), [1e-290, 1e290]).length).toBeGreaterThan(3);
    expect(labels(axis('log'), [3, 3]).length).toBeGreaterThan(2);
  });

  it('ends where the numbers do, if it is to be tight, unless there is one number only', () => {
    const days = scaleOf(axis('linear'), [1, 364], { from: 0, to: 363, most: 7, isTight: true });
    expect(days.at(2)).toBeCloseTo(1, 9);
    expect(labels(axis('log'), [0.25, 8], 7, true)).toEqual(['0.5', '1', '2', '5']);
    expect(labels(axis('linear'), [5], 7, true).length).toBeGreaterThan(2);
  });

  it('has ticks whose labels differ, whatever the numbers', () => {
    const extremes = [
      0,
      5e-324,
      1e-299,
      1e-9,
      0.1 + 0.2,
      1,
      1 + 1e-8,
      123456.789,
      1e9 + 1,
      1e15,
      9e299,
      -1e-7,
      -42,
      -9e299,
    ];
    for (const a of extremes) {
      for (const b of extremes) {
        for (const scale of ['linear', 'log'] as const) {
          const numbers = [a, b].filter((x) => isDrawable(axis(scale), x));
          if (numbers.length === 0) continue;
          const made = scaleOf(axis(scale), numbers, { from: 10, to: 90, most: 6 });
          const found = made.ticks.map(({ label }) => label);
          expect([a, b, scale, found, new Set(found).size]).toEqual([a, b, scale, found, found.length]);
          expect(found.length).toBeGreaterThan(1);
          for (const x of [...made.ticks.map(({ at }) => at), ...numbers.map((number) => made.at(number))]) {
            expect(x >= 10 - 1e-9 && x <= 90 + 1e-9).toBe(true);
          }
        }
      }
    }
  });

  it('keeps what lies beyond it at its end', () => {
    const { at } = scaleOf(axis('log'), [1, 100], { from: 0, to: 10, most: 5 });
    expect([at(0), at(-5), at(Number.POSITIVE_INFINITY), at(10)]).toEqual([0, 0, 10, 5]);
  });

  it('leaves out ticks whose labels would not stand free', () => {
    const free = { from: 0, to: 100, most: 8, fits: (ticks: readonly unknown[]) => ticks.length <= 3 };
    expect(scaleOf(axis('linear'), [0, 1], free).ticks.map(({ label }) => label)).toEqual(['0', '0.5', '1']);
    const none = { from: 0, to: 100, most: 8, fits: () => false };
    expect(scaleOf(axis('linear'), [0, 1], none).ticks.map(({ label }) => label)).toEqual(['0', '1']);
  });
});

describe('a number', () => {
  it('has four significant digits, and all before the point', () => {
    expect([0, 1234567, 12345.678, 0.000123456, 40].map((x) => numeral(x, 'number'))).toEqual([
      '0',
      '1.235M',
      '12,346',
      '0.0001235',
      '40',
    ]);
    expect([0.25, 0.123456, 0.00004, -0.5].map((x) => numeral(x, 'share'))).toEqual([
      '25%',
      '12.35%',
      '0.004%',
      '−50%',
    ]);
  });

  it('is written with a power of ten where it is tiny or huge, and as a dash where it is unknown', () => {
    expect([1e-9, -2.5e-7, 1e15, 6.02e23].map((x) => numeral(x, 'number'))).toEqual([
      '10⁻⁹',
      '−2.5×10⁻⁷',
      '10¹⁵',
      '6.02×10²³',
    ]);
    expect([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((x) => numeral(x, 'share'))).toEqual([
      '–',
      '∞',
      '−∞',
    ]);
  });

  it('has as many digits on an axis as tell it from its neighbours', () => {
    expect(numerals([1_000_000, 1_000_001], 'number')).toEqual(['1M', '1.000001M']);
    expect(numerals([0.5, 0.50001], 'share')).toEqual(['50%', '50.001%']);
  });
});

describe('places beside lines', () => {
  it('are the wanted ones where these are far enough apart, and else around their middle', () => {
    expect(spread([10, 50, 90], 20, 0, 100)).toEqual([10, 50, 90]);
    expect(spread([50, 50, 50], 20, 0, 100)).toEqual([30, 50, 70]);
    expect(spread([90, 52, 50], 10, 0, 100)).toEqual([90, 56, 46]);
  });

  it('stay between the ends and in order, however crowded', () => {
    expect(spread([99, 100, 98], 20, 0, 100)).toEqual([80, 100, 60]);
    expect(spread([0, 0, 0, 0, 0, 0], 20, 0, 100)).toEqual([0, 20, 40, 60, 80, 100]);
  });
});

describe('letters', () => {
  it('are counted by their widths', () => {
    expect(widthOf('WWWW', 10)).toBeGreaterThan(2 * widthOf('iiii', 10));
    expect(widthOf('漢字', 10)).toBeGreaterThan(20);
  });

  it('are left out at the end of a text that is too wide, never half a character', () => {
    expect(fitted('search', 200, 13)).toBe('search');
    const family = '👩‍👩‍👧'.repeat(9);
    for (const text of ['a long name of a feature', '漢字'.repeat(20), family, 'é'.repeat(50)]) {
      const short = fitted(text, 60, 13);
      expect(widthOf(short, 13)).toBeLessThanOrEqual(60);
      expect(short.endsWith('…')).toBe(true);
      expect(short).not.toMatch(/\p{Cs}/u);
    }
  });

  it('are shown where a terminal or a browser would hide them', () => {
    expect(fitted('\u202eevil', 200, 13)).toBe('\\u202eevil');
  });
});
