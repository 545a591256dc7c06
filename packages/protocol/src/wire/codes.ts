/** Codes after which sending the same bytes again cannot help: a device that reads one drops the batch. */
export const finalCodes = /* @__PURE__ */ Object.freeze([
  'malformed-batch',
  'batch-too-large',
  'day-out-of-range',
  'registry-refused',
  'unsupported-media-type',
  'gpc-refused',
] as const);

/** Why a whole batch is not taken. `retry` is false exactly for the {@link finalCodes}. */
export const problems = /* @__PURE__ */ Object.freeze({
  'malformed-batch': { status: 400, retry: false, title: 'The body is not a batch.' },
  'batch-too-large': { status: 413, retry: false, title: 'The body is larger than a batch may be.' },
  'day-out-of-range': { status: 422, retry: false, title: 'The batch was made too long ago.' },
  'day-ahead': { status: 422, retry: true, title: 'The batch is dated later than the day this server has.' },
  'registry-refused': { status: 422, retry: false, title: 'The registry has been unknown for too long.' },
  'unsupported-version': { status: 422, retry: true, title: 'This server does not read that version of the protocol.' },
  'unknown-registry': { status: 422, retry: true, title: 'This server does not know the registry yet.' },
  'unsupported-media-type': { status: 415, retry: false, title: 'Send application/octet-stream or application/json.' },
  'gpc-refused': { status: 403, retry: false, title: 'The signal Global Privacy Control says no.' },
  'key-refused': { status: 403, retry: true, title: 'The batch needs a write key of its app.' },
  'rate-limited': { status: 429, retry: true, title: 'Too many requests from this network.' },
  unavailable: { status: 503, retry: true, title: 'The server cannot store batches at the moment.' },
} as const);

export type ProblemCode = keyof typeof problems;

/** Why one report of an accepted batch is not counted. Never a reason to send anything again. */
export type RejectReason = 'window-out-of-range' | 'report-malformed' | 'second-report';

/** RFC 9457. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly retry: boolean;
}

/** The answer to a batch that is durably counted, the first time and every further time. */
export interface Receipt {
  /** The batch's nonce, base64url: without it a 2xx means nothing (a captive portal answers 200, too). */
  readonly batch: string;
  /** True if it had been counted before. */
  readonly duplicate: boolean;
  /** Reports counted, and reports refused by reason; absent in the answer to a duplicate. */
  readonly accepted?: number;
  readonly rejected?: { readonly [reason in RejectReason]?: number };
}
