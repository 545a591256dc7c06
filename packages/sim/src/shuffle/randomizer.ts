/** What the bounds need to know of one message's randomizer. */
export interface LocalRandomizer {
  /** Largest log likelihood ratio of what is sent for two values; an upper bound. */
  readonly epsilon: number;
  /** Largest total variation between what is sent for two values: how surely they can be told apart; an upper bound. */
  readonly totalVariation: number;
  /**
   * Of a mechanism whose reports support some values and not others, and are e^epsilon times as likely under each value they support as under
   * any other: with what probability a report supports the own value. Undefined for other randomizers.
   */
  readonly support?: number;
}

/** The largest total variation of any randomizer: nothing tells two values apart more surely than randomized response does. */
export function mostVariation(epsilon: number): number {
  return Math.tanh(epsilon / 2);
}

/** What rounding may take from a number that is computed in a few steps, as a part of it. */
const ROUNDED = 2 ** -50;

/** Rounded to the safe side, where that is up and where it is down. */
export const above = (x: number): number => x * (1 + 4 * ROUNDED);
export const below = (x: number): number => x * (1 - 4 * ROUNDED);
