import { NONCE_BYTES } from '@dither/protocol';
import type { IncomingBatch } from './storage.js';

/** Day and nonce as a key for maps and sets. Not text: its letters are bytes. */
export function batchName({ day, nonce }: Pick<IncomingBatch, 'day' | 'nonce'>): string {
  return String.fromCharCode(day) + Buffer.from(nonce.buffer, nonce.byteOffset, NONCE_BYTES).toString('latin1');
}
