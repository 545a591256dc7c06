import { type LatchedIndexClient, type LatchedIndexParams, uniformInt, type WordSource } from '@dither/mechanisms';
import type { Rule } from './rules.js';

/** An installation that reports through a mechanism's own two stages, under a rule. */
export interface Device {
  readonly client: LatchedIndexClient;
  readonly params: LatchedIndexParams;
  readonly rule: Rule;
  /** Reports of an epoch. */
  readonly reports: number;
}

/** Cohort draws of an installation: six bits, as on a device. */
const DRAWS = 64;

/** What an installation sends, in the order it does. @param history - the value at each report */
export function messagesOf(
  { client, params, rule, reports }: Device,
  history: ArrayLike<number>,
  source: WordSource,
): readonly unknown[] {
  const messages: unknown[] = [];
  const memo = new Map<number, Uint8Array>();
  let draw = 0;
  let stored: Uint8Array | undefined;
  for (let at = 0; at < history.length; at++) {
    const value = history[at] as number;
    if (at === 0 || rule === 'fresh' || (rule === 'latched' && at % reports === 0)) {
      // Under the memo rule an installation has one draw for life, as the papers have it.
      draw = uniformInt(source, DRAWS);
      stored = undefined;
    }
    const key = memoKey(params, draw, value);
    if (rule === 'memo') stored = memo.get(key);
    stored ??= client.latch(params, value, draw, source);
    if (rule === 'memo') memo.set(key, stored);
    messages.push(client.report(params, stored, source));
  }
  return messages;
}

/** What the papers keep an answer for: a value, or in LOLOHA the cell that it is hashed to. */
function memoKey(params: LatchedIndexParams & Partial<Hashed>, draw: number, value: number): number {
  return params.hash === undefined ? value : params.hash.cellOf(draw % params.hash.functions, value);
}

/** What a mechanism's params have that hashes values to cells. */
export interface Hashed {
  readonly hash: {
    readonly functions: number;
    cellOf(row: number, value: number): number;
  };
}
