/** Every way an analyst's input can be refused. Codes are stable; messages are not. */
export type SimErrorCode =
  | 'command-unknown'
  | 'argument-unknown'
  | 'argument-missing'
  | 'argument-invalid'
  | 'scenario-unknown'
  | 'file-unreadable'
  | 'file-unwritable'
  | 'output-unwritable'
  | 'json-malformed'
  | 'population-invalid'
  | 'metric-unknown'
  | 'metric-latched'
  | 'wish-malformed'
  | 'wish-unfit'
  | 'wishes-invalid'
  | 'events-header-invalid'
  | 'events-empty'
  | 'candidates-too-many'
  | 'texts-invalid'
  | 'texts-too-many'
  | 'texts-empty'
  | 'aggregates-malformed'
  | 'exact-unavailable'
  | 'inclusion-unknown'
  | 'data-malformed'
  | 'data-empty'
  | 'mechanism-unknown'
  | 'work-too-much';

/** A place in a file; line and column count from one, columns in UTF-16 code units. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** Bad input: says where, and what was expected. The command line prints it and exits with 2. */
export class SimError extends Error {
  override readonly name = 'SimError';
  readonly code: SimErrorCode;
  readonly place: Place | undefined;
  constructor(code: SimErrorCode, expected: string, place?: Place) {
    const where = place && [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
    super(`${where === undefined ? '' : `${where}: `}${code}: ${expected}`);
    this.code = code;
    this.place = place;
  }
}
