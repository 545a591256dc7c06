import { sha256 } from '@dither/mechanisms';
import { hexBytes } from '../bytes.js';

/** Of the hash: below 2^53, so that the remainder is exact in doubles. */
const BYTES = 6;

/**
 * The public draw of a report, where its mechanism asks for one (`params.draws`): both sides derive it from what names the
 * report, so that it need not be sent and is not the client's to set.
 *
 * SHA-256 over the metric's fingerprint (8 bytes), the window (2 bytes, little-endian), and of the batch the day (2 bytes,
 * little-endian) and the nonce (16 bytes); the first 6 bytes as a big-endian integer, modulo `draws`. The nonce is uniform
 * and older than the report, so the draw says nothing of the value. A batch counts once per day and nonce: with the day
 * left out, a nonce that was searched for would serve on several. Some draws are likelier than others by a part of at most
 * draws / 2^48, which costs no privacy: epsilon holds for each draw by itself.
 *
 * @param metric - fingerprint of the metric, 16 hexadecimal digits
 * @param window - first day of the period reported
 * @param batch - the one that the report is in, by the day it was made and its nonce
 * @param draws - 1 to 2^47
 * @returns an integer in [0, draws)
 */
export function publicDraw(
  metric: string,
  window: number,
  { day, nonce }: { readonly day: number; readonly nonce: Uint8Array },
  draws: number,
): number {
  // A server does this for each report; spreading arrays took two thirds longer.
  const named = new Uint8Array(28);
  named.set(hexBytes(metric));
  named.set([window & 255, window >> 8, day & 255, day >> 8], 8);
  named.set(nonce, 12);
  const digest = sha256(named);
  let integer = 0;
  for (let i = 0; i < BYTES; i++) integer = 256 * integer + (digest[i] as number);
  return integer % draws;
}
