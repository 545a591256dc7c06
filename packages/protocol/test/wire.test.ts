import {
  BatchError,
  type BatchJson,
  batchFromJson,
  batchToJson,
  encodeBatch,
  mayNeedSplitting,
  parseHeader,
  parseReports,
  policy,
  splitReports,
  type WireReport,
} from '@dither/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { day, nonce, tableAndReports, tableOf } from './arbitraries.js';

const order = (reports: readonly WireReport[]) =>
  [...reports].sort((a, b) => a.window - b.window || a.index - b.index).map((r) => ({ ...r, bytes: [...r.bytes] }));

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof BatchError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('a batch', () => {
  it('reads back as it was written', () => {
    fc.assert(
      fc.property(tableAndReports, nonce, day, ({ table, reports }, id, made) => {
        const bytes = encodeBatch(table, { day: made, nonce: id, reports });
        expect(parseHeader(bytes)).toEqual({ day: made, nonce: id, registry: table.fingerprint });
        expect(order(parseReports(bytes, table))).toEqual(order(reports));
      }),
    );
  });

  it('is the same bytes by way of JSON', () => {
    fc.assert(
      fc.property(tableAndReports, nonce, day, ({ table, reports }, id, made) => {
        const batch = { day: made, nonce: id, registry: table.fingerprint, reports };
        const json = JSON.parse(JSON.stringify(batchToJson(batch))) as BatchJson;
        expect(batchFromJson(json, table)).toEqual(encodeBatch(table, batch));
      }),
    );
  });

  it('of 50 metrics of 16 bytes takes at most 17.2 bytes a report', () => {
    const table = tableOf(Array<number>(50).fill(16));
    const reports = table.wire.map((_, index) => ({ index, window: 20_000, bytes: new Uint8Array(16) }));
    const { length } = encodeBatch(table, { day: 20_001, nonce: new Uint8Array(16), reports });
    expect(length).toBe(27 + 2 + 7 + 800);
    expect(length / 50).toBeLessThanOrEqual(17.2);
  });

  it('never makes the parser do anything but refuse, whatever the bytes', () => {
    fc.assert(
      fc.property(tableAndReports, fc.uint8Array({ maxLength: 200 }), fc.boolean(), ({ table }, noise, isHeaded) => {
        const header = encodeBatch(table, { day: 1, nonce: new Uint8Array(16), reports: [] });
        const bytes = isHeaded ? Uint8Array.from([...header, ...noise]) : noise;
        const code = codeOf(() => {
          parseHeader(bytes);
          const reports = parseReports(bytes, table);
          // What is taken is all of it: nothing is left over and nothing is read twice.
          const groups = bytes.length - 27 - reports.reduce((sum, r) => sum + r.bytes.length, 0);
          expect(groups % (2 + Math.ceil(table.wire.length / 8))).toBe(0);
        });
        expect(['accepted', 'malformed-batch', 'unsupported-version']).toContain(code);
      }),
    );
  });
});

describe('splitting reports', () => {
  const some = fc.array(fc.integer({ min: 1, max: 7168 }), { minLength: 1, maxLength: 100 }).map((lengths) => ({
    table: tableOf(lengths),
    reports: lengths.map((length, index) => ({ index, window: index % 3, bytes: new Uint8Array(length) })),
  }));

  it('keeps every part within the limit, loses nothing and keeps the order', () => {
    fc.assert(
      fc.property(some, ({ table, reports }) => {
        const parts = splitReports(table, reports);
        expect(parts.flat()).toEqual(reports);
        for (const part of parts) {
          const { length } = encodeBatch(table, { day: 0, nonce: new Uint8Array(16), reports: part });
          expect(part.length).toBeGreaterThan(0);
          expect(length).toBeLessThanOrEqual(policy.maxBatchBytes);
        }
      }),
    );
  });

  it('depends on lengths alone', () => {
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 255 }), ({ table, reports }, fill) => {
        const others = reports.map((report) => ({ ...report, bytes: report.bytes.map(() => fill) }));
        const sizes = (parts: readonly (readonly WireReport[])[]) => parts.map((part) => part.length);
        expect(sizes(splitReports(table, others))).toEqual(sizes(splitReports(table, reports)));
      }),
    );
  });

  it('is needed by no registry that has room for all that a device can report at a time', () => {
    const metrics = fc.array(fc.record({ period: fc.constantFrom(1, 7, 28), bytes: fc.integer({ min: 1, max: 64 }) }), {
      minLength: 1,
      maxLength: 60,
    });
    let roomy = 0;
    fc.assert(
      fc.property(metrics, fc.integer({ min: 0, max: 27 }), (all, today) => {
        const { wire, fingerprint } = tableOf(all.map(({ bytes }) => bytes));
        const table = { fingerprint, wire: wire.map((metric, i) => ({ ...metric, period: all[i]?.period as number })) };
        if (mayNeedSplitting(table)) return;
        roomy++;
        // Every period that ended on this day or up to 28 days before.
        const places = table.wire.flatMap(({ period }, index) =>
          Array.from({ length: 100 }, (_, n) => ({ index, window: n * period })).filter(({ window }) => {
            const age = 56 + today - window - period;
            return age >= 0 && age <= 28;
          }),
        );
        expect(splitReports(table, places)).toHaveLength(1);
      }),
    );
    expect(roomy).toBeGreaterThan(0);
    expect(mayNeedSplitting({ wire: Array(100).fill({ period: 1, params: { reportBytes: 1 } }) })).toBe(true);
  });

  it('gives no part for no report', () => {
    expect(splitReports(tableOf([1]), [])).toEqual([]);
  });
});

describe('a JSON batch is refused', () => {
  const table = tableOf([1, 2]);
  const good: BatchJson = {
    version: 1,
    day: 20_000,
    nonce: 'AAAAAAAAAAAAAAAAAAAAAA',
    registry: table.fingerprint,
    groups: [{ window: 19_999, reports: { '0': 'AQ', '1': 'AQI' } }],
  };
  const group = (reports: { readonly [index: string]: string }, window = 19_999) => ({
    ...good,
    groups: [{ window, reports }],
  });

  it('never when it is sound', () => {
    expect(parseReports(batchFromJson(good, table), table)).toHaveLength(2);
  });

  const wrong: { readonly [why: string]: BatchJson } = {
    'a nonce with unused bits set': { ...good, nonce: 'AAAAAAAAAAAAAAAAAAAAAB' },
    'a nonce with padding': { ...good, nonce: 'AAAAAAAAAAAAAAAAAAAAAA==' },
    'a nonce in the other base64 alphabet': { ...good, nonce: 'AAAAAAAAAAAAAAAAAAAA+A' },
    'a nonce of 15 bytes': { ...good, nonce: 'AAAAAAAAAAAAAAAAAAAA' },
    'a registry in capitals': { ...good, registry: '0123456789ABCDEF' },
    'a registry of 7 bytes': { ...good, registry: '0123456789abcd' },
    'a day of three bytes': { ...good, day: 65_536 },
    'a day before 1970': { ...good, day: -1 },
    'half a day': { ...good, day: 20_000.5 },
    'a window of three bytes': group({ '0': 'AQ' }, 65_536),
    'half a window': group({ '0': 'AQ' }, 0.5),
    'no group': { ...good, groups: [] },
    'a position beyond the table': group({ '2': 'AQ' }),
    'a negative position': group({ '-1': 'AQ' }),
    'a position with a leading zero': group({ '00': 'AQ' }),
    'a position in another notation': group({ '1e0': 'AQI' }),
    'a key that is no position': group(JSON.parse('{"__proto__":"AQ"}')),
    'a report too short': group({ '1': 'AQ' }),
    'a report too long': group({ '0': 'AQI' }),
    'a report with unused bits set': group({ '0': 'AR' }),
    'a report that is not base64url': group({ '0': 'A!' }),
  };
  for (const [why, json] of Object.entries(wrong)) {
    it(`for ${why}`, () => {
      expect(codeOf(() => batchFromJson(json, table))).toBe('malformed-batch');
    });
  }

  it('for a group without reports, by the parser of bytes', () => {
    expect(codeOf(() => parseReports(batchFromJson(group({}), table), table))).toBe('malformed-batch');
  });

  it('for a version to come, as retryable', () => {
    expect(codeOf(() => batchFromJson({ ...good, version: 2 }, table))).toBe('unsupported-version');
  });
});
