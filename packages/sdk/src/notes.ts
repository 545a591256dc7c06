import { MAX_STORED_TEXT } from './policy.js';
import type { Records } from './recorder.js';
import { parse } from './state.js';

/** What was recorded and is not kept yet. */
export interface Pending {
  /** The consent it was recorded under; undefined before storage was read. */
  readonly grants: number | undefined;
  readonly records: Records;
}

/** Reads what `flushNow` wrote; undefined if it cannot be read. */
export function parseNote(text: string): Pending | undefined {
  const { grants, records } = parse<Partial<Pending>>(text) ?? {};
  return typeof grants === 'number' && areRecords(records) ? { grants, records } : undefined;
}

function areRecords(value: unknown): value is Records {
  return typeof value === 'object' && value !== null && Object.values(value).every(isList);
}

function isList(records: unknown): boolean {
  return Array.isArray(records) && records.every((record) => isValue(record?.value));
}

function isValue(value: unknown): boolean {
  return typeof value === 'string' ? value.length <= MAX_STORED_TEXT : value === undefined || Number.isFinite(value);
}
