/** Misuse by a developer, thrown where a client is created. Nothing is thrown at record or send time. */
export type ClientErrorCode = 'endpoint-invalid' | 'seeded-source-not-on-loopback';

export class ClientError extends Error {
  override readonly name = 'ClientError';
  declare readonly code: ClientErrorCode;
  constructor(code: ClientErrorCode, expected: string) {
    super(`${code}: ${expected}`);
    this.code = code;
  }
}

const ENDPOINT = /^((memory|https?):\/\/[^\s/?#]+[^\s?#]*?)\/*$/;
const LOOPBACK = /^(memory:|https?:\/\/(localhost|127(\.\d+){3}|\[::1])(:\d+)?(\/|$))/;

/**
 * The endpoint without slashes at its end.
 * @throws ClientError unless it is an origin or a folder of one; or if noise from a seed would leave this machine, where it
 *   might be taken for protection
 */
export function checkEndpoint(endpoint: string, isSeeded: boolean | undefined): string {
  const [, trimmed] = ENDPOINT.exec(endpoint) ?? [];
  if (!trimmed) throw new ClientError('endpoint-invalid', 'https:// and a host');
  if (isSeeded && !LOOPBACK.test(endpoint))
    throw new ClientError('seeded-source-not-on-loopback', 'memory:// or localhost');
  return trimmed;
}
