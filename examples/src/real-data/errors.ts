/** Every way the input can be refused. Codes are stable; messages are not. */
export type RealDataErrorCode =
  | 'argument-invalid'
  | 'file-unreadable'
  | 'gzip-malformed'
  | 'json-malformed'
  | 'shape-invalid'
  | 'fields-invalid'
  | 'value-unknown'
  | 'number-invalid'
  | 'total-invalid'
  | 'empty';

/** A place in a file: a line, counted from one, or the way to a value in JSON, such as `data.firefox.151`. */
export interface Place {
  readonly file: string;
  readonly at?: number | string;
}

/** A file that is not what it should be: says where, and what was expected. Never repeats what stands there. */
export class RealDataError extends Error {
  override readonly name = 'RealDataError';
  readonly code: RealDataErrorCode;
  readonly place: Place | undefined;
  constructor(code: RealDataErrorCode, expected: string, place?: Place) {
    const where = place && [place.file, place.at].filter((part) => part !== undefined).join(':');
    super(`${where === undefined ? '' : `${where}: `}${code}: ${expected}`);
    this.code = code;
    this.place = place;
  }
}
