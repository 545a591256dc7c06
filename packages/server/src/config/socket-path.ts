import { createHash } from 'node:crypto';
import { resolve } from 'node:path';

/** Most bytes of a socket's path: what the system has room for, but for the byte that ends it. */
export const MAX_SOCKET_PATH = process.platform === 'darwin' ? 103 : 107;

/** Where the operator's side of the server over a database listens, unless told: beside it; on Windows, by a name that follows from its path. */
export function socketOf(db: string, platform: NodeJS.Platform = process.platform): string {
  if (platform !== 'win32') return `${db}.sock`;
  return `\\\\.\\pipe\\dither-${createHash('sha256').update(resolve(db)).digest('hex').slice(0, 32)}`;
}

export function isSocketPath(path: string): boolean {
  return path !== '' && !path.includes('\0') && Buffer.byteLength(path) <= MAX_SOCKET_PATH;
}
