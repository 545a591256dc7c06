import type { FrequencyMechanism, IndexParams, WordSource } from '@dither/mechanisms';

/** What an attacker is after. */
export interface Target {
  readonly mechanism: FrequencyMechanism;
  readonly params: IndexParams;
  /** Values whose shares are to seem larger, each once. */
  readonly values: readonly number[];
  /** Share of all reports that he forges: an adaptive attacker spreads them accordingly. */
  readonly share: number;
}

/**
 * `maximal`: the report that says most of all targets together. `adaptive`: as much as can be said without standing out in what a
 * server adds up. `random`: any report. `input`: an honest report of somebody who claims to hold a target.
 */
export const strategies = ['maximal', 'adaptive', 'random', 'input'] as const;
export type Strategy = (typeof strategies)[number];

/** How a forger comes by a report's public draw: he sets it, tries so many nonces and keeps the best, or takes the first. */
export const drawChoices = ['chosen', 'ground', 'assigned'] as const;
export type DrawChoice = (typeof drawChoices)[number];

/** Forged reports of one kind. */
export interface Forgery {
  /** What such a report says of the shares of all targets together, on average. */
  readonly says: number;
  /** Writes one at byte `at`. @returns its public draw, 0 where there is none */
  forge(bytes: Uint8Array, at: number, source: WordSource): number;
}

/** What a report says that supports so many of the targets, on average. */
export function supportSays(target: Target, supported: number): number {
  return supportLine(target)(supported);
}

/** The same of many numbers: what one says of one value is looked up once, which takes a large domain long. */
export function supportLine({ mechanism, params, values }: Target): (supported: number) => number {
  // The ends of what one says of one value: without support, and with it.
  const [least, most] = (mechanism.aggregator.quantities(params)[0] as { reach: readonly [number, number] }).reach;
  return (supported) => values.length * least + supported * (most - least);
}
