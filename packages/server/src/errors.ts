import { type Problem, type ProblemCode, problems } from '@dither/protocol';

interface ProblemKind {
  readonly status: number;
  readonly retry: boolean;
  readonly title: string;
}

/** Problems beside those a batch can meet (`problems` of the protocol). Codes are stable. */
export const serverProblems = Object.freeze({
  'query-invalid': { status: 400, retry: false, title: 'The query is not one this route reads.' },
  'metric-ambiguous': { status: 400, retry: false, title: 'Several apps have a metric of that name: say which app.' },
  'request-invalid': { status: 400, retry: false, title: 'The request cannot be read.' },
  'not-found': { status: 404, retry: false, title: 'There is nothing here.' },
  'unknown-metric': { status: 404, retry: false, title: 'No registry served here has that metric.' },
  'no-switch-off': { status: 404, retry: false, title: 'No metric of that app is switched off.' },
  'candidates-invalid': { status: 400, retry: false, title: 'That is not a list of candidates.' },
  'unknown-candidates': { status: 404, retry: false, title: 'There is no list of candidates of that name.' },
  'candidates-too-large': { status: 413, retry: false, title: 'That is more candidates than are kept here.' },
  'estimate-unavailable': { status: 503, retry: true, title: 'The estimate takes too long, or too many are waiting.' },
  internal: { status: 500, retry: true, title: 'The server failed.' },
} as const);

export type ServerProblemCode = ProblemCode | keyof typeof serverProblems;

/** Thrown by a route; answered as `application/problem+json`. `detail` says what was expected, never what came. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ServerProblemCode;
  readonly statusCode: number;
  readonly detail: string | undefined;
  constructor(code: ServerProblemCode, detail?: string) {
    super(code);
    this.code = code;
    this.statusCode = problemKind(code).status;
    this.detail = detail;
  }
}

function problemKind(code: ServerProblemCode): ProblemKind {
  return { ...problems, ...serverProblems }[code];
}

/** The body of a problem (RFC 9457). */
export function problemBody(code: ServerProblemCode, detail?: string): Problem & { readonly detail?: string } {
  const { title, status, retry } = problemKind(code);
  return { type: 'about:blank', title, status, code, retry, ...(detail === undefined ? {} : { detail }) };
}

/**
 * What storage can fail with.
 * `not-stored`: nothing of the call was kept, and a retry may help. `outcome-unknown`: it may or may not have been;
 * the process stops, and the restart reads the truth from disk. The others refuse to open.
 */
export type StorageErrorCode =
  | 'not-stored'
  | 'outcome-unknown'
  | 'storage-closed'
  | 'storage-driver-missing'
  | 'storage-foreign'
  | 'storage-newer'
  | 'storage-older'
  | 'storage-corrupt'
  | 'storage-locked'
  | 'storage-unreachable';

export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;
  constructor(code: StorageErrorCode, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** Why a switch-off document is not served. The server does not start. */
export type SwitchOffErrorCode =
  | 'switch-off-unreadable'
  | 'switch-off-invalid'
  | 'switch-off-unknown-app'
  | 'switch-off-unknown-metric'
  | 'switch-off-out-of-range'
  | 'switch-off-repeated';

export class SwitchOffError extends Error {
  override readonly name = 'SwitchOffError';
  readonly code: SwitchOffErrorCode;
  /** @param source - the document's file, or its app */
  constructor(code: SwitchOffErrorCode, source: string, message: string) {
    super(`${source}: ${code}: ${message}`);
    this.code = code;
  }
}
