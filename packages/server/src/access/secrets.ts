import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Names a token or a key to whoever lists or revokes it: 12 hexadecimal digits, no part of the secret. */
export function newId(): string {
  return randomBytes(6).toString('hex');
}

/** A prefix by which people and scanners know what they found, and `bytes` random bytes in base64url. */
export function newSecret(prefix: string, bytes: number): string {
  return prefix + randomBytes(bytes).toString('base64url');
}

/** SHA-256: what is compared, and of a token all that is kept. Secrets are uniform, so there is nothing to stretch. */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** In a time that does not tell where two digests differ. */
export function isSameDigest(a: Uint8Array, b: Uint8Array): boolean {
  return timingSafeEqual(a, b);
}
