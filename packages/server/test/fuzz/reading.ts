import { DAY, registry } from '../fixture.js';

/**
 * What docs/protocol.md makes of a body, written from that page alone for the one registry of the fixture: what the server
 * says and counts is held against it.
 */
export interface Read {
  /** Day and nonce, which name the batch. */
  readonly name: string;
  readonly accepted: readonly { readonly metric: string; readonly window: number; readonly cells: readonly number[] }[];
  readonly rejected: { readonly [reason: string]: number };
}

interface Shape {
  readonly id: string;
  readonly period: number;
  readonly bytes: number;
  /** Cells that a report adds one to; undefined if it is none. */
  cells(report: Uint8Array): readonly number[] | undefined;
}

const symbol =
  (below: number) =>
  ([first = 0]: Uint8Array) =>
    first < below ? [first] : undefined;

/** The metrics of the fixture's registry, in the order of its wire table. */
const METRICS: readonly Shape[] = [
  { id: 'dark-mode', period: 1, bytes: 1, cells: ([first = 0]) => [[], [0]][first] },
  {
    id: 'load-time',
    period: 7,
    bytes: 2,
    cells: ([first = 0, second = 0]) =>
      second > 1 ? undefined : [0, 1, 2, 3, 4, 5, 6, 7, 8].filter((i) => ((first | (second << 8)) >> i) & 1),
  },
  { id: 'searches', period: 1, bytes: 1, cells: symbol(6) },
  { id: 'theme', period: 1, bytes: 1, cells: symbol(3) },
];

const HEADER_BYTES = 27;
const MAX_BYTES = 14_336;
const RETAINED_DAYS = 8;
const MAX_AGE_DAYS = 28;

/** @returns undefined if the bytes are no batch that a server may take on the fixture's day */
export function readBytes(bytes: Uint8Array): Read | undefined {
  if (bytes.length > MAX_BYTES || bytes.length <= HEADER_BYTES || bytes[0] !== 1) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const day = view.getUint16(1, true);
  if (hex(bytes.subarray(19, HEADER_BYTES)) !== registry.fingerprint) return undefined;
  if (day <= DAY - RETAINED_DAYS || day > DAY + 1) return undefined;
  const accepted: Read['accepted'][number][] = [];
  const rejected: { [reason: string]: number } = {};
  const seen = new Set<string>();
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    if (at + 3 > bytes.length) return undefined;
    const window = view.getUint16(at, true);
    const present = bytes[at + 2] as number;
    if (present === 0 || present >= 1 << METRICS.length) return undefined;
    at += 3;
    for (const [i, metric] of METRICS.entries()) {
      if (((present >> i) & 1) === 0) continue;
      if (at + metric.bytes > bytes.length) return undefined;
      const report = bytes.subarray(at, at + metric.bytes);
      at += metric.bytes;
      const reason = refusal(metric, window, day, report, seen);
      if (reason !== undefined) rejected[reason] = (rejected[reason] ?? 0) + 1;
      else accepted.push({ metric: metric.id, window, cells: metric.cells(report) ?? [] });
    }
  }
  return { name: `${day} ${hex(bytes.subarray(3, 19))}`, accepted, rejected };
}

function refusal(
  metric: Shape,
  window: number,
  day: number,
  report: Uint8Array,
  seen: Set<string>,
): string | undefined {
  const name = `${metric.id} ${window}`;
  if (seen.has(name)) return 'second-report';
  seen.add(name);
  const end = window + metric.period;
  if (window % metric.period !== 0 || end > day || day - end > MAX_AGE_DAYS) return 'window-out-of-range';
  return metric.cells(report) === undefined ? 'report-malformed' : undefined;
}

/** The bytes that a JSON text stands for; undefined if it is no batch, or gives a key twice. */
export function bytesOfJson(text: string): Uint8Array | undefined {
  const batch = parsed(text);
  if (keysWritten(text) !== keysIn(batch)) return undefined;
  if (!hasExactly(batch, ['version', 'day', 'nonce', 'registry', 'groups'])) return undefined;
  const { version, day, nonce, registry: fingerprint, groups } = batch;
  const named = bytesOf(nonce);
  if (version !== 1 || !isDay(day) || named?.length !== 16) return undefined;
  if (typeof fingerprint !== 'string' || !/^[0-9a-f]{16}$/.test(fingerprint)) return undefined;
  if (!Array.isArray(groups) || groups.length === 0) return undefined;
  const parts = groups.map(bytesOfGroup);
  if (parts.some((part) => part === undefined)) return undefined;
  return Buffer.concat([
    Uint8Array.of(1, day & 255, day >> 8),
    named,
    Buffer.from(fingerprint, 'hex'),
    ...(parts as Uint8Array[]),
  ]);
}

function bytesOfGroup(group: unknown): Uint8Array | undefined {
  if (!hasExactly(group, ['window', 'reports'])) return undefined;
  const { window, reports } = group;
  if (!isDay(window) || typeof reports !== 'object' || reports === null || Array.isArray(reports)) return undefined;
  const entries = Object.entries(reports);
  if (entries.length === 0 || entries.some(([key]) => !['0', '1', '2', '3'].includes(key))) return undefined;
  let present = 0;
  const parts: Uint8Array[] = [];
  for (const [key, text] of entries.sort(([a], [b]) => Number(a) - Number(b))) {
    const report = bytesOf(text);
    if (report === undefined || report.length !== METRICS[Number(key)]?.bytes) return undefined;
    present |= 1 << Number(key);
    parts.push(report);
  }
  return Buffer.concat([Uint8Array.of(window & 255, window >> 8, present), ...parts]);
}

/** A string of JSON, and the colon after it if it is a key. */
const KEY = /"(?:[^"\\]|\\.)*"\s*(:)?/g;

function keysWritten(text: string): number {
  return [...text.matchAll(KEY)].filter(([, colon]) => colon !== undefined).length;
}

function keysIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, inner) => sum + keysIn(inner), own);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function hasExactly(object: unknown, keys: readonly string[]): object is { [key: string]: unknown } {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return false;
  return JSON.stringify(Object.keys(object).sort()) === JSON.stringify([...keys].sort());
}

function isDay(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535;
}

/** Of base64url in its one canonical form. */
function bytesOf(text: unknown): Uint8Array | undefined {
  if (typeof text !== 'string') return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
