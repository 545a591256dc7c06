import type { WordSource } from '@dither/mechanisms';
import type { BadLines } from './population/events.js';

/** Installations and what is true of them. */
export interface Population {
  /** What it is, as the command line said it. */
  readonly name: string;
  /** How many installations it holds, or undefined where any number can be drawn from it. */
  readonly size: number | undefined;
  /** Lines that were left out, where it was read from a file of events. */
  readonly badLines?: BadLines;
  /** Of each text metric the text of each value; the first is "", no event. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  /**
   * Writes the true value of every metric of `registry.wire`, in that order, for one installation.
   * Values are indices of the metric's domain, or of its texts.
   * @param installation - its number, from zero; two calls with the same number need not agree
   */
  draw(installation: number, source: WordSource, values: Int32Array): void;
}
