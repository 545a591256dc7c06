import { uniformInt, type WordSource } from '@dither/mechanisms';
import { finalCodes } from '@dither/protocol';
import type { Answer } from './platform/platform.js';
import { MAX_ANSWER_LENGTH, RETRY_DELAYS, RETRY_JITTER } from './policy.js';
import { parse } from './state.js';

/**
 * What became of one try to send a batch. Delivered: a 2xx whose body names this batch (a captive portal's 200 does not).
 * Refused: problem details with one of the protocol's final codes. Anything else, a refusal by some proxy included, keeps
 * the batch: undefined.
 */
export function outcomeOf(answer: Answer, batchId: string): 'delivered' | 'refused' | undefined {
  const { batch, code } = answer.body.length <= MAX_ANSWER_LENGTH ? Object(parse(answer.body)) : {};
  if (answer.status >= 200 && answer.status < 300) return batch === batchId ? 'delivered' : undefined;
  const isProblem = answer.contentType === 'application/problem+json';
  return isProblem && (finalCodes as readonly unknown[]).includes(code) ? 'refused' : undefined;
}

/**
 * Milliseconds to wait after try number `tries` (1 or more): the rung of the ladder, or the one above what
 * Retry-After asks, stretched at random. Rounding up leaves a server four delays to choose from, too few to mark a
 * device by.
 */
export function retryDelay(tries: number, retryAfter: string | undefined, source: WordSource): number {
  const longest = RETRY_DELAYS.at(-1) as number;
  const asked = /^\d{1,9}$/.test(retryAfter ?? '') ? 1000 * Number(retryAfter) : 0;
  const rung = Math.max(RETRY_DELAYS[tries - 1] ?? longest, RETRY_DELAYS.find((delay) => delay >= asked) ?? longest);
  return Math.ceil(rung * (1 + (RETRY_JITTER * uniformInt(source, 2 ** 16)) / 2 ** 16));
}
