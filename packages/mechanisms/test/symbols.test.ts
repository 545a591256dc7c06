import { describe, expect, it } from 'vitest';
import { countSymbol, countSymbols, decodeSymbol, encodeSymbol, symbolBytes } from '../src/mechanisms/_symbols.js';
import { emptyState } from '../src/state.js';
import { codeOf } from './support/ensure.js';
import { seededSource } from './support/seeded.js';

function paramsOf(symbols: number) {
  return { mechanism: 'symbols', microEpsilon: 1_000_000, reportBytes: symbolBytes(symbols), domainSize: symbols };
}

/** Reports of each length, few enough to be counted one by one and enough for a table of all that so many bytes can say. */
const amounts = [
  [2, 1],
  [200, 255],
  [200, 256],
  [256, 1000],
  [300, 99],
  [300, 32_768],
  [65_537, 40],
] as const;

describe('many reports of one symbol each', () => {
  it.each(amounts)('count as each by itself: of %d symbols, %d reports', (symbols, reports) => {
    const params = paramsOf(symbols);
    const source = seededSource(`symbols/${symbols}/${reports}`);
    const bytes = new Uint8Array(reports * params.reportBytes);
    const each = emptyState(params, symbols);
    for (let i = 0; i < reports; i++) {
      // The last report is of the last symbol.
      const symbol = i === reports - 1 ? symbols - 1 : source.next() % symbols;
      encodeSymbol(params, symbol, bytes, i * params.reportBytes);
      const own = bytes.subarray(i * params.reportBytes, (i + 1) * params.reportBytes);
      countSymbol(params, each, decodeSymbol(params, symbols, own));
    }
    const all = emptyState(params, symbols);
    countSymbols(params, symbols, all, bytes);
    expect(all).toEqual(each);
    expect(all.counts.reduce((sum, count) => sum + count, 0)).toBe(reports);
  });

  it.each(amounts.filter(([symbols]) => symbols !== 256))(
    'count none if one is no symbol: of %d symbols, %d reports',
    (symbols, reports) => {
      const params = paramsOf(symbols);
      for (const place of [0, reports - 1]) {
        const bytes = new Uint8Array(reports * params.reportBytes);
        encodeSymbol(params, symbols, bytes, place * params.reportBytes);
        const all = emptyState(params, symbols);
        expect(codeOf(() => countSymbols(params, symbols, all, bytes))).toBe('report-malformed');
        expect(all).toEqual(emptyState(params, symbols));
      }
    },
  );
});
