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

/** Throws `value-out-of-range` unless it is a value. One short message for all of them: of these checks it alone is in every app. */
export function checkIsValue(isValue: boolean): void {
  if (!isValue) throw new MechanismError('value-out-of-range', 'a value of the metric');
}

/** Throws `value-out-of-range` unless `value` is an index of the domain. */
export function checkValue(value: number, domainSize: number): void {
  checkIsValue(Number.isInteger(value) && value >= 0 && value < domainSize);
}

/** Throws `option-invalid` unless the confidence is between 0 and 1 and `repeats` a positive integer. */
export function checkConfidence(confidence: number, repeats = 1): void {
  if (!(confidence > 0 && confidence < 1)) throw new MechanismError('option-invalid', 'confidence is between 0 and 1');
  checkInteger('option-invalid', 'repeats', repeats, 1, 2 ** 20);
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

/**
 * The most counters a mechanism that may choose its layout takes: 2 MiB of them, or 64 for each value, up to 32 MiB. A server keeps
 * a state for each window that anybody reports in.
 */
export function mostCounters(domainSize: number): number {
  return Math.min(2 ** 22, Math.max(2 ** 18, 64 * domainSize));
}
