import { SimError } from '../errors.js';
import { csvColumn, csvFields } from '../population/csv.js';

/** How RAPPOR reports were made: `params.csv` of the published analysis tools. */
export interface RapporParams {
  /** k: bits of a filter. */
  readonly bits: number;
  /** h: hash functions, and so the most bits that a text sets. */
  readonly hashes: number;
  /** m */
  readonly cohorts: number;
  /** Chance of a set bit in a report where the permanent bit is 0, and 1. */
  readonly p: number;
  readonly q: number;
  /** Share of permanent bits that are coins. */
  readonly f: number;
}

/** Refuses a line of a file. */
export function refuse(file: string, line: number, column: number, expected: string): never {
  throw new SimError('aggregates-malformed', expected, { file, line, column });
}

const NUMBER = /^\d+(\.\d*)?([eE][+-]?\d+)?$|^\.\d+([eE][+-]?\d+)?$/;

/** A number of 0 or more, or NaN. */
export function readCount(field: string | undefined): number {
  return field !== undefined && NUMBER.test(field) ? Number(field) : Number.NaN;
}

/** The lines that hold anything, with their numbers. */
export async function* numbered(lines: AsyncIterable<string>): AsyncGenerator<readonly [line: number, text: string]> {
  let line = 0;
  for await (const text of lines) {
    line++;
    if (text.trim() !== '') yield [line, line === 1 ? text.replace(/^\uFEFF/, '') : text];
  }
}

const HEADER = ['k', 'h', 'm', 'p', 'q', 'f'];

/** A header and one row. @throws SimError `aggregates-malformed` */
export async function readRapporParams(file: string, lines: AsyncIterable<string>): Promise<RapporParams> {
  let params: RapporParams | undefined;
  let last = 0;
  for await (const [line, text] of numbered(lines)) {
    const fields = csvFields(text);
    if (last === 0 && fields?.join() !== HEADER.join()) refuse(file, line, 1, `the first line is ${HEADER.join()}`);
    if (params !== undefined) refuse(file, line, 1, 'there is one row of parameters');
    if (last > 0) params = readRow(file, line, text);
    last = line;
  }
  return params ?? refuse(file, Math.max(1, last), 1, `a row of parameters follows the header ${HEADER.join()}`);
}

function readRow(file: string, line: number, text: string): RapporParams {
  const fields = csvFields(text) ?? [];
  const at = (field: number): number => csvColumn(text, field);
  const [bits = 0, hashes = 0, cohorts = 0, p = 0, q = 0, f = 0] = fields.map(readCount);
  const isCount = (x: number, most: number): boolean => Number.isInteger(x) && x >= 1 && x <= most;
  if (fields.length !== HEADER.length)
    refuse(file, line, at(HEADER.length), `a row has a number for each of ${HEADER.join()}`);
  const wrong = [isCount(bits, 2 ** 16), isCount(hashes, bits), isCount(cohorts, 2 ** 16)].indexOf(false);
  if (wrong >= 0) {
    refuse(file, line, at(wrong), 'k, h and m are whole numbers: k and m from 1 to 65536, h from 1 to k');
  }
  if (!(p < q && q <= 1)) refuse(file, line, at(3), 'p and q are probabilities, p below q');
  if (!(f < 1)) refuse(file, line, at(5), 'f is a share, 0 or more and below 1');
  return { bits, hashes, cohorts, p, q, f };
}
