import { uniformInt, type WordSource } from '@dither/mechanisms';
import { finalCodes } from '@dither/protocol';
import { parseObject } from './json.js';
import type { Answer } from './platform/platform.js';
import { policy } from './policy.js';

/** What became of one try to send a batch. */
export type Outcome = 'delivered' | 'refused' | 'kept';

/**
 * Delivered: a 2xx whose body names this batch (a captive portal's 200 does not). Refused: problem details with one
 * of the protocol's final codes. Anything else, a refusal by some proxy included, keeps the batch.
 */
export function outcomeOf(answer: Answer, batchId: string): Outcome {
  const body = answer.body.length <= policy.maxAnswerBytes ? parseObject(answer.body) : {};
  if (answer.status >= 200 && answer.status < 300) return body['batch'] === batchId ? 'delivered' : 'kept';
  const isProblem = answer.contentType === 'application/problem+json';
  return isProblem && (finalCodes as readonly unknown[]).includes(body['code']) ? 'refused' : 'kept';
}

/**
 * Milliseconds to wait after try number `tries` (1 or more): the rung of the ladder, or the one above what
 * Retry-After asks, stretched at random. Rounding up leaves a server four delays to choose from, too few to mark a
 * device by.
 */
export function retryDelay(tries: number, retryAfter: string | undefined, source: WordSource): number {
  const ladder = policy.retryDelays;
  const own = ladder[Math.min(tries, ladder.length) - 1] as number;
  const asked = /^\d{1,9}$/.test(retryAfter ?? '') ? 1000 * Number(retryAfter) : 0;
  const rung = ladder.find((delay) => delay >= asked) ?? (ladder[ladder.length - 1] as number);
  return Math.max(own, rung) * (1 + (policy.retryJitter * uniformInt(source, 2 ** 16)) / 2 ** 16);
}
