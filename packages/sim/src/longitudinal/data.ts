import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { SimError } from '../errors.js';
import { unreadable } from '../files.js';
import { policy } from '../policy.js';
import { csvColumn, csvFields } from '../population/csv.js';
import { utf8Lines } from '../utf8-lines.js';

/** What of a CSV file is a person's value. */
export type Columns =
  /** One attribute, by its name in the first line or by its number from 1: it never changes. */
  | { readonly kind: 'one'; readonly column: string }
  /** Every column is a moment, in the order of time. */
  | { readonly kind: 'wide'; readonly hasHeader: boolean };

/** Texts as they stand in the file: a row per person, an entry per moment. */
export interface TextHistories {
  readonly rows: readonly (readonly string[])[];
  /** Rows in which a value is missing, left out. */
  readonly leftOut: number;
  /** Where the values begin. */
  readonly start: Start;
}

/** A place in a file, both from one. */
export interface Start {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Reads the values of people from a CSV file, compressed by gzip or not. A field that is empty or `?` is missing.
 *
 * @throws SimError `file-unreadable`, `data-malformed` with line and column, `data-empty`
 */
export async function readHistories(file: string, columns: Columns): Promise<TextHistories> {
  const rows: (readonly string[])[] = [];
  let leftOut = 0;
  let line = 0;
  let width: number | undefined;
  let place: number | undefined;
  let start: Start | undefined;
  for await (const text of linesOf(file)) {
    line++;
    if (text.trim() === '') continue;
    const fields = csvFields(text.trimEnd());
    const at = (field: number): Start => ({ file, line, column: csvColumn(text.trimEnd(), field) });
    if (fields === undefined) throw new SimError('data-malformed', 'the quotes of a field match', at(0));
    width ??= fields.length;
    if (fields.length !== width) {
      throw new SimError('data-malformed', `a line has ${width} fields, as the first`, at(width));
    }
    if (place === undefined) {
      place = columns.kind === 'one' ? placeOf(columns.column, fields, at(0)) : 0;
      start = at(place);
      if (isHeader(columns)) continue;
    }
    const values = columns.kind === 'one' ? [fields[place] as string] : fields;
    if (values.some((value) => value === '' || value === '?')) leftOut++;
    else rows.push(values);
    if (rows.length > policy.longitudinal.maxRows) {
      throw new SimError('data-malformed', `a file has at most ${policy.longitudinal.maxRows} people`, at(0));
    }
  }
  if (rows.length === 0 || start === undefined)
    throw new SimError('data-empty', 'the file holds a line for each person', { file });
  return { rows, leftOut, start };
}

function isHeader(columns: Columns): boolean {
  return columns.kind === 'one' ? !isNumber(columns.column) : columns.hasHeader;
}

function isNumber(column: string): boolean {
  return /^\d+$/.test(column);
}

function placeOf(column: string, fields: readonly string[], place: Start): number {
  const at = isNumber(column) ? Number(column) - 1 : fields.indexOf(column);
  if (at >= 0 && at < fields.length) return at;
  const expected = isNumber(column)
    ? `--column is a number from 1 to ${fields.length}`
    : `the first line names the columns, ${column} among them; without such a line --column is a number`;
  throw new SimError('data-malformed', expected, place);
}

const GZIP = [0x1f, 0x8b];

async function* linesOf(path: string): AsyncGenerator<string, void> {
  try {
    const isPacked = await isGzip(path);
    const file = createReadStream(path);
    // A pipeline hands errors on, of reading as of unpacking: they end the loop below.
    const bytes = isPacked ? pipeline(file, createGunzip(), () => undefined) : file;
    yield* utf8Lines(
      bytes,
      (fault) => new SimError('data-malformed', 'the file is in UTF-8', { file: path, ...fault }),
    );
  } catch (error) {
    throw error instanceof SimError ? error : unreadable(path, error);
  }
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && GZIP.every((byte, i) => buffer[i] === byte);
  } finally {
    await file.close();
  }
}
