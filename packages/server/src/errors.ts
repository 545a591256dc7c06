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
  'headers-too-large': { status: 431, retry: false, title: 'The headers of the request are too large.' },
  'request-timeout': { status: 408, retry: true, title: 'The request did not arrive in time.' },
  'token-required': { status: 401, retry: false, title: 'A token is needed to read.' },
  'token-refused': { status: 401, retry: false, title: 'There is no such token, or it is over.' },
  'token-forbidden': { status: 403, retry: false, title: 'The token is not for that.' },
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
  /** @param status - where it is not the one of the code */
  constructor(code: ServerProblemCode, detail?: string, status?: number) {
    super(code);
    this.code = code;
    this.statusCode = status ?? problemKind(code).status;
    this.detail = detail;
  }
}

const KINDS: { readonly [code in ServerProblemCode]: ProblemKind } = { ...problems, ...serverProblems };

/** All of them. */
export const serverProblemCodes = Object.keys(KINDS) as readonly ServerProblemCode[];

function problemKind(code: ServerProblemCode): ProblemKind {
  return KINDS[code];
}

/** The body of a problem (RFC 9457). */
export function problemBody({
  code,
  detail,
  statusCode: status,
}: Pick<ProblemError, 'code' | 'detail' | 'statusCode'>): Problem & { readonly detail?: string } {
  const { title, retry } = problemKind(code);
  return { type: 'about:blank', title, status, code, retry, ...(detail === undefined ? {} : { detail }) };
}

/** Why a token or a write key is not made or changed. Nothing was. */
export type AccessErrorCode =
  | 'app-invalid'
  | 'day-invalid'
  | 'expires-invalid'
  | 'key-exists'
  | 'key-invalid'
  | 'key-missing'
  | 'name-invalid'
  | 'scopes-invalid'
  | 'too-many';

export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly code: AccessErrorCode;
  constructor(code: AccessErrorCode, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/**
 * What storage can fail with.
 * `not-stored`: nothing of the call was kept, and a retry may help. `outcome-unknown`: it may or may not have been;
 * asking again with the same batch tells. `storage-broken`: the process must stop, and the restart reads the truth from
 * disk. `backup-exists`, `restore-refused`: nothing was touched. The others refuse to open.
 */
export type StorageErrorCode =
  | 'not-stored'
  | 'outcome-unknown'
  | 'storage-broken'
  | 'storage-closed'
  | 'storage-driver-missing'
  | 'storage-foreign'
  | 'storage-newer'
  | 'storage-older'
  | 'storage-corrupt'
  | 'storage-locked'
  | 'storage-unreachable'
  | 'backup-exists'
  | 'restore-refused';

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

/** Settings, or a command line, that cannot be meant: what was said, where, and what is allowed. Nothing was done. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Why a command has nothing from the server it went to.
 * `socket-taken`, `socket-forbidden`, `socket-unreachable`: of its socket. `no-answer`: it ended meanwhile.
 * `no-database`: no server, and no file. `not-found`: nothing of that name. `restarting`: its file is being replaced, or
 * it ends. `request-invalid`: it is of another version.
 */
export class AdminError extends Error {
  override readonly name = 'AdminError';
  /** One of the above, or that of the error which the server met. */
  readonly code: string;
  /** @param message - with the code, where it is the server's */
  constructor(code: string, message: string) {
    super(message.includes(`${code}: `) ? message : `${code}: ${message}`);
    this.code = code;
  }
}

/** Whether an error is the system's own, such as that a port is taken or a folder may not be written: it says so in a line. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}
