import { uniformInt, type WordSource } from '@dither/mechanisms';
import { finalCodes, parseAnswer } from '@dither/protocol';
import type { Answer } from './platform/platform.js';
import { LONGEST_RETRY_DELAY, RETRY_DELAYS } from './policy.js';

/**
 * What became of one try to send a batch. Delivered: a 2xx whose body names this batch (a captive portal's 200 does not).
 * Refused: problem details with one of the protocol's final codes. Anything else, a refusal by some proxy included, keeps
 * the batch: undefined.
 */
export function outcomeOf({ status, contentType, body }: Answer, batchId: string): 'delivered' | 'refused' | undefined {
  const { batch, code } = parseAnswer<{ readonly batch: unknown; readonly code: unknown }>(body);
  if (status >= 200 && status < 300) return batch === batchId ? 'delivered' : undefined;
  const isProblem = contentType === 'application/problem+json';
  return isProblem && (finalCodes as readonly unknown[]).includes(code) ? 'refused' : undefined;
}

/**
 * Milliseconds to wait after try number `tries` (1 or more): the rung of the ladder, or the one above what
 * Retry-After asks, stretched at random by up to a half, so that devices do not return together. Rounding up leaves a server
 * four delays to choose from, too few to mark a device by.
 */
export function retryDelay(tries: number, retryAfter: string | undefined, source: WordSource): number {
  const asked = /^\d{1,9}$/.test(retryAfter ?? '') ? 1000 * Number(retryAfter) : 0;
  const delay = RETRY_DELAYS.find((rung, i) => i + 1 >= tries && rung >= asked) ?? LONGEST_RETRY_DELAY;
  return delay + uniformInt(source, delay / 2);
}
