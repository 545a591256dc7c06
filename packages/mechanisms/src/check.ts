import { MechanismError, type MechanismErrorCode } from './errors.js';

/** Throws unless `n` is an integer in [low, high]. The message names what was expected, never what came. */
export function checkInteger(code: MechanismErrorCode, label: string, n: number, low: number, high: number): void {
  if (!Number.isInteger(n) || n < low || n > high) {
    throw new MechanismError(code, `${label} must be an integer from ${low} to ${high}`);
  }
}

/** Throws unless `bytes` has exactly `length` bytes. */
export function checkReportLength(bytes: Uint8Array, length: number): void {
  if (bytes.length !== length) {
    throw new MechanismError('report-malformed', `a report of this metric has ${length} byte(s)`);
  }
}

/** Throws `value-out-of-range` unless `value` is an index of the domain. */
export function checkValue(value: number, domainSize: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= domainSize) {
    throw new MechanismError('value-out-of-range', `a value is an integer from 0 to ${domainSize - 1}`);
  }
}

/** Throws `draw-out-of-range` unless `draw` is one of the public draws. */
export function checkDraw(draw: number | undefined, draws: number): number {
  checkInteger('draw-out-of-range', 'the public draw', draw ?? Number.NaN, 0, draws - 1);
  return draw as number;
}

/** Number of reports in bytes laid end to end. @throws MechanismError `report-malformed` */
export function checkReports(bytes: Uint8Array, reportBytes: number): number {
  if (bytes.length % reportBytes !== 0) {
    throw new MechanismError('report-malformed', `reports of this metric have ${reportBytes} byte(s) each`);
  }
  return bytes.length / reportBytes;
}
