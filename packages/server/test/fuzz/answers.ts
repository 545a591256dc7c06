import { problems } from '@dither/protocol';
import { serverProblems } from '@dither/server';

/** An answer, from a socket or from none. */
export interface Answered {
  readonly status: number;
  readonly headers: { readonly [name: string]: unknown };
  readonly body: string;
}

const CATALOGUE: { readonly [code: string]: { readonly status: number; readonly retry: boolean } | undefined } = {
  ...problems,
  ...serverProblems,
};
/** Before there is a token, none helps. */
const OTHER_STATUS: { readonly [code: string]: number | undefined } = { 'token-required': 403 };
/** Codes of the two refusals that ask for a wait because the server has too much to do. */
const BUSY = ['unavailable', 'estimate-unavailable'];

/** @returns what no answer may be, in words; undefined if all is well */
export function wrongWith({ status, headers, body }: Answered, hasBody = true): string | undefined {
  if (headers['set-cookie'] !== undefined || headers['etag'] !== undefined) return 'something to know a client by';
  if (status >= 200 && status < 300) return undefined;
  if (!String(headers['content-type']).startsWith('application/problem+json')) return `${status} without a problem`;
  if (!hasBody) return undefined;
  const { code, retry, status: said } = JSON.parse(body);
  const known = CATALOGUE[code];
  if (known === undefined) return `a code that is in no catalogue: ${code}`;
  const isStatus = status === known.status || status === OTHER_STATUS[code];
  if (!isStatus || said !== status || known.retry !== retry) return `${code} is not as in the catalogue`;
  if (status >= 500 && !(status === 503 && BUSY.includes(code))) return `${status} ${code}`;
  if (status === 503 && headers['retry-after'] === undefined) return '503 without Retry-After';
  return undefined;
}
