/** What a registry can be refused for. Codes are stable. */
export type RegistryErrorCode =
  | 'app-invalid'
  | 'id-invalid'
  | 'text-missing'
  | 'period-invalid'
  | 'aggregate-invalid'
  | 'epsilon-invalid'
  | 'epsilon-needs-reason'
  | 'epsilon-too-large'
  | 'mechanism-unfit'
  | 'latch-invalid'
  | 'values-invalid'
  | 'range-invalid'
  | 'expiry-invalid'
  | 'budget-invalid'
  | 'budget-exceeded'
  | 'metric-exceeds-budget'
  | 'participation-invalid'
  | 'gpc-invalid'
  | 'expected-clients-invalid'
  | 'too-many-metrics'
  | 'report-too-large'
  | 'registry-malformed'
  | 'fingerprint-mismatch';

/** Thrown where a registry is declared or read: says where, and what to change. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly code: RegistryErrorCode;
  /** Id of the metric at fault, or '' for the registry itself. */
  readonly where: string;
  /** What to change. */
  readonly remedy: string;
  constructor(code: RegistryErrorCode, where: string, remedy: string) {
    super(`${where === '' ? '' : `${where}: `}${code}: ${remedy}`);
    this.code = code;
    this.where = where;
    this.remedy = remedy;
  }
}
