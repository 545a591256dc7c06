/** Every way a caller can misuse this package. Codes are stable; messages are not. */
export type MechanismErrorCode =
  | 'epsilon-out-of-range'
  | 'domain-size-out-of-range'
  | 'clamp-out-of-range'
  | 'value-out-of-range'
  | 'draw-out-of-range'
  | 'option-invalid'
  | 'report-malformed'
  | 'state-malformed'
  | 'state-mismatch'
  | 'source-exhausted';

/** Misuse by a developer, or bytes that are not what they claim. Never quotes a person's value. */
export class MechanismError extends RangeError {
  override readonly name = 'MechanismError';
  declare readonly code: MechanismErrorCode;
  constructor(code: MechanismErrorCode, expected: string) {
    super(`${code}: ${expected}`);
    this.code = code;
  }
}
