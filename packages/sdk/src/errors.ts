/** Misuse by a developer, thrown where a client is created. Nothing is thrown at record or send time. */
export type ClientErrorCode = 'endpoint-invalid' | 'seeded-source-not-on-loopback';

export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ClientErrorCode;
  constructor(code: ClientErrorCode, expected: string) {
    super(`${code}: ${expected}`);
    this.code = code;
  }
}

const LOOPBACK = /^(memory:\/\/|https?:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?(\/|$))/;

/** The endpoint without slashes at its end. @throws ClientError unless it is an origin or a folder of one */
export function checkEndpoint(endpoint: string): string {
  if (!/^(https?|memory):\/\/[^\s/?#]+[^\s?#]*$/.test(endpoint)) {
    throw new ClientError('endpoint-invalid', 'endpoint is a URL such as https://telemetry.example.org');
  }
  return endpoint.replace(/\/+$/, '');
}

/** @throws ClientError if noise from a seed would leave this machine, where it might be taken for protection */
export function checkSeeded(isSeeded: boolean, url: string): void {
  if (isSeeded && !LOOPBACK.test(url)) {
    throw new ClientError('seeded-source-not-on-loopback', 'a seeded source sends to loopback or memory:// only');
  }
}
