import { checkReportLength, checkReports } from '../check.js';
import { readInteger } from '../encode/report-bytes.js';
import { MechanismError } from '../errors.js';
import type { Params, State } from '../mechanism.js';

/** What mechanisms share whose report is one of so many symbols, and whose state counts each. */

/** Bytes that hold a symbol below `symbols`. */
export function symbolBytes(symbols: number): number {
  let bytes = 1;
  while (256 ** bytes < symbols) bytes++;
  return bytes;
}

export function encodeSymbol(
  p: Params,
  symbol: number,
  into: Uint8Array = new Uint8Array(p.reportBytes),
  at = 0,
): Uint8Array {
  for (let i = 0; i < p.reportBytes; i++) into[at + i] = symbol >>> (8 * i);
  return into;
}

function tooLarge(symbols: number): MechanismError {
  return new MechanismError('report-malformed', `a symbol is below ${symbols}`);
}

/** @throws MechanismError `report-malformed` */
export function decodeSymbol({ reportBytes }: Params, symbols: number, bytes: Uint8Array): number {
  checkReportLength(bytes, reportBytes);
  const symbol = readInteger(bytes, 0, reportBytes);
  if (symbol >= symbols) throw tooLarge(symbols);
  return symbol;
}

export function countSymbol(_params: Params, state: State, symbol: number): void {
  state.n++;
  state.counts[symbol] = (state.counts[symbol] as number) + 1;
}

/** Counts the symbols of reports laid end to end. @throws MechanismError `report-malformed`, with nothing counted */
export function countSymbols({ reportBytes }: Params, symbols: number, state: State, bytes: Uint8Array): void {
  const reports = checkReports(bytes, reportBytes);
  if (reportBytes <= 2 && bytes.length >= 256 ** reportBytes) countByTable(bytes, reportBytes, symbols, state.counts);
  else countEach(bytes, reportBytes, symbols, state.counts);
  state.n += reports;
}

/** In a table of all that so many bytes can say, symbols need not be checked one by one. */
function countByTable(bytes: Uint8Array, reportBytes: number, symbols: number, counts: Float64Array): void {
  const table = new Uint32Array(256 ** reportBytes);
  const high = reportBytes - 1;
  for (let at = 0; at < bytes.length; at += reportBytes) {
    const symbol = (bytes[at] as number) | ((bytes[at + high] as number) << (8 * high));
    table[symbol] = (table[symbol] as number) + 1;
  }
  if (table.some((count, symbol) => count > 0 && symbol >= symbols)) throw tooLarge(symbols);
  for (let symbol = 0; symbol < symbols; symbol++) {
    counts[symbol] = (counts[symbol] as number) + (table[symbol] as number);
  }
}

function countEach(bytes: Uint8Array, reportBytes: number, symbols: number, counts: Float64Array): void {
  for (let at = 0; at < bytes.length; at += reportBytes) {
    if (readInteger(bytes, at, reportBytes) >= symbols) throw tooLarge(symbols);
  }
  for (let at = 0; at < bytes.length; at += reportBytes) {
    const symbol = readInteger(bytes, at, reportBytes);
    counts[symbol] = (counts[symbol] as number) + 1;
  }
}
