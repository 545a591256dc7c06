import { hexBytes, toBase64url, toHex } from '../bytes.js';
import { HEADER_BYTES, MAX_BATCH_BYTES, MAX_REPORT_AGE_DAYS, NONCE_BYTES, WIRE_VERSION } from '../policy.js';
import type { Metric } from '../registry/metric.js';
import { readBase64url } from './read-base64url.js';

/*
 * A batch as bytes. Integers are little-endian.
 *
 *     1  version, 1
 *     2  day the batch was made
 *    16  nonce: names the batch, and lets it be counted once
 *     8  fingerprint of the registry
 *   then one or more groups, to the end of the batch:
 *     2  window: first day of the period reported
 *     b  bitmap of the metrics present, b = ceil(metrics / 8); bit i of byte j is metric 8j + i, in the order of the
 *        registry's wire table; bits beyond the last metric are zero
 *     .  their reports, in that order, each of the length its metric fixes
 */
/** What laying out a batch needs to know of a registry. */
export interface WireTable {
  readonly fingerprint: string;
  readonly wire: readonly Pick<Metric, 'params'>[];
}

export interface Header {
  readonly day: number;
  readonly nonce: Uint8Array;
  /** Fingerprint of the registry, 16 hexadecimal digits. */
  readonly registry: string;
}

/** Whose report and of when: metric `index` of the wire table, in the period that starts on day `window`. */
export interface WirePlace {
  readonly index: number;
  readonly window: number;
}

/** One report of a batch. */
export interface WireReport extends WirePlace {
  readonly bytes: Uint8Array;
}

export interface Batch extends Header {
  readonly reports: readonly WireReport[];
}

/** Thrown for bytes that are not a batch; `code` is the problem to answer with. */
export class BatchError extends Error {
  override readonly name = 'BatchError';
  readonly code: 'malformed-batch' | 'unsupported-version';
  constructor(code: BatchError['code'], expected: string) {
    super(`${code}: ${expected}`);
    this.code = code;
  }
}

function malformed(expected: string): BatchError {
  return new BatchError('malformed-batch', expected);
}

function reportBytes(table: WireTable, index: number): number {
  return table.wire[index]?.params.reportBytes as number;
}

/**
 * The bytes of a batch. Reports are grouped by window, earliest first, in the order of the table.
 * At most one report per metric and window; the caller keeps the whole within `MAX_BATCH_BYTES`
 * (see {@link splitReports}).
 */
export function encodeBatch(table: WireTable, { day, nonce, reports }: Omit<Batch, 'registry'>): Uint8Array {
  const bytes = [WIRE_VERSION, day & 255, day >> 8, ...nonce, ...hexBytes(table.fingerprint)];
  let group: number | undefined;
  let bitmap = 0;
  for (const { window, index, bytes: report } of [...reports].sort(
    (a, b) => a.window - b.window || a.index - b.index,
  )) {
    if (window !== group) {
      group = window;
      bitmap = bytes.push(window & 255, window >> 8);
      bytes.push(...new Uint8Array(Math.ceil(table.wire.length / 8)));
    }
    const at = bitmap + (index >> 3);
    (bytes[at] as number) |= 1 << (index & 7);
    bytes.push(...report);
  }
  return Uint8Array.from(bytes);
}

/**
 * Splits reports so that each part, encoded, stays within the limit. Depends on their places alone, which fix their lengths:
 * it can be done before there are reports, so that each can be made under the nonce of its batch (`public-draw.ts`).
 */
export function splitReports<R extends WirePlace>(table: WireTable, reports: readonly R[]): readonly (readonly R[])[] {
  const parts: R[][] = [];
  let windows = new Set<number>();
  let size = MAX_BATCH_BYTES;
  for (const report of reports) {
    const { index, window } = report;
    const cost = (): number =>
      reportBytes(table, index) + (windows.has(window) ? 0 : 2 + Math.ceil(table.wire.length / 8));
    if (size + cost() > MAX_BATCH_BYTES) {
      parts.push([]);
      windows = new Set();
      size = HEADER_BYTES;
    }
    size += cost();
    windows.add(window);
    parts.at(-1)?.push(report);
  }
  return parts;
}

/**
 * Whether the reports that a device makes at one time may ever be too many for one batch, at worst each in a group of its own:
 * those of every period that ended within the age a report may have. Other registries need no {@link splitReports}.
 */
export function mayNeedSplitting({
  wire,
}: {
  readonly wire: readonly (Pick<Metric, 'params'> & { readonly period: number })[];
}): boolean {
  const groupBytes = 2 + Math.ceil(wire.length / 8);
  const largest = wire.reduce(
    (sum, { params, period }) =>
      sum + (Math.floor(MAX_REPORT_AGE_DAYS / period) + 1) * (groupBytes + params.reportBytes),
    HEADER_BYTES,
  );
  return largest > MAX_BATCH_BYTES;
}

/** Version, day, nonce and registry of a batch. @throws BatchError */
export function parseHeader(bytes: Uint8Array): Header {
  if (bytes.length < 1) throw malformed('a batch is not empty');
  if (bytes[0] !== WIRE_VERSION)
    throw new BatchError('unsupported-version', `version ${WIRE_VERSION} is the one this code reads`);
  if (bytes.length <= HEADER_BYTES) throw malformed('a batch has a header of 27 bytes and at least one group');
  return {
    day: (bytes[1] as number) | ((bytes[2] as number) << 8),
    nonce: bytes.slice(3, 3 + NONCE_BYTES),
    registry: toHex(bytes.subarray(3 + NONCE_BYTES, HEADER_BYTES)),
  };
}

/**
 * Goes through the reports of a batch whose header names `table`, in their order, and makes nothing on the way. Whether each
 * report is well-formed is its mechanism's affair.
 * @param visit - is given each report's place in the table, its window, and the byte at which it begins
 * @throws BatchError `malformed-batch`, when what comes before it has been visited
 */
export function visitReports(
  bytes: Uint8Array,
  table: WireTable,
  visit: (index: number, window: number, from: number) => void,
): void {
  const metrics = table.wire.length;
  const bitmapBytes = Math.ceil(metrics / 8);
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    if (at + 2 + bitmapBytes > bytes.length) throw malformed('the last group ends early');
    const window = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    const bitmap = at + 2;
    at = bitmap + bitmapBytes;
    const start = at;
    for (let index = 0; index < 8 * bitmapBytes; index++) {
      if ((((bytes[bitmap + (index >> 3)] as number) >> (index & 7)) & 1) === 0) continue;
      if (index >= metrics) throw malformed('bits beyond the last metric are zero');
      const end = at + reportBytes(table, index);
      if (end > bytes.length) throw malformed('the last report ends early');
      visit(index, window, at);
      at = end;
    }
    if (at === start) throw malformed('a group has at least one report');
  }
}

/**
 * The reports of a batch, as they lie in `bytes` (not copied): see {@link visitReports}.
 * @throws BatchError `malformed-batch`
 */
export function parseReports(bytes: Uint8Array, table: WireTable): readonly WireReport[] {
  const reports: WireReport[] = [];
  visitReports(bytes, table, (index, window, from) => {
    reports.push({ index, window, bytes: bytes.subarray(from, from + reportBytes(table, index)) });
  });
  return reports;
}

/**
 * The JSON form of the same batch, for clients that would rather not shift bits. Object keys are positions in the
 * wire table; nonce and reports are base64url without padding.
 */
export interface BatchJson {
  readonly version: number;
  readonly day: number;
  readonly nonce: string;
  readonly registry: string;
  readonly groups: readonly { readonly window: number; readonly reports: { readonly [index: string]: string } }[];
}

export function batchToJson(batch: Batch): BatchJson {
  const windows = [...new Set(batch.reports.map((report) => report.window))].sort((a, b) => a - b);
  return {
    version: WIRE_VERSION,
    day: batch.day,
    nonce: toBase64url(batch.nonce),
    registry: batch.registry,
    groups: windows.map((window) => ({
      window,
      reports: Object.fromEntries(
        batch.reports.filter((r) => r.window === window).map((r) => [String(r.index), toBase64url(r.bytes)]),
      ),
    })),
  };
}

/**
 * The canonical bytes of a JSON batch: what is deduplicated, logged and counted. Checks the header's fields and the
 * lengths; what it lets pass, {@link parseReports} reads back.
 * @param json - already of the shape of {@link BatchJson}
 * @throws BatchError
 */
export function batchFromJson(json: BatchJson, table: WireTable): Uint8Array {
  const { nonce } = headerFromJson(json);
  if (json.groups.length === 0) throw malformed('a batch has at least one group');
  const bytes = new Uint8Array(lengthOf(json, table));
  bytes.set([WIRE_VERSION, json.day & 255, json.day >> 8, ...nonce, ...hexBytes(table.fingerprint)]);
  let at = HEADER_BYTES;
  for (const { window, reports } of json.groups) {
    bytes[at] = window & 255;
    bytes[at + 1] = window >> 8;
    const bitmap = at + 2;
    at = bitmap + Math.ceil(table.wire.length / 8);
    // Keys that are such positions come in rising order, whatever order they were written in.
    for (const key in reports) {
      const index = Number(key);
      const length = reportBytes(table, index);
      if (!readBase64url(reports[key] as string, bytes, at, length)) {
        throw malformed('a report is canonical base64url of the length its metric fixes');
      }
      const byte = bitmap + (index >> 3);
      bytes[byte] = (bytes[byte] as number) | (1 << (index & 7));
      at += length;
    }
  }
  return bytes;
}

/** The bytes a JSON batch stands for, its windows and positions checked. @throws BatchError `malformed-batch` */
function lengthOf({ groups }: BatchJson, table: WireTable): number {
  const metrics = table.wire.length;
  let length = HEADER_BYTES;
  for (const { window, reports } of groups) {
    checkDay('window', window);
    length += 2 + Math.ceil(metrics / 8);
    for (const key in reports) {
      const index = Number(key);
      if (String(index) !== key || !Number.isInteger(index) || index < 0 || index >= metrics) {
        throw malformed('a key of reports is a position in the wire table');
      }
      length += reportBytes(table, index);
    }
  }
  return length;
}

/** @throws BatchError */
export function headerFromJson(json: BatchJson): Header {
  if (json.version !== WIRE_VERSION)
    throw new BatchError('unsupported-version', `version ${WIRE_VERSION} is the one this code reads`);
  const nonce = new Uint8Array(NONCE_BYTES);
  if (!readBase64url(json.nonce, nonce, 0, NONCE_BYTES)) throw malformed('nonce is canonical base64url of 16 bytes');
  if (!/^[0-9a-f]{16}$/.test(json.registry)) throw malformed('registry is 16 hexadecimal digits');
  checkDay('day', json.day);
  return { day: json.day, nonce, registry: json.registry };
}

/** Two bytes hold it: a larger one would come back as another day. */
function checkDay(label: string, day: number): void {
  if (!Number.isInteger(day) || day < 0 || day > 0xffff) throw malformed(`${label} is an integer from 0 to 65535`);
}
