import type { Population } from '../population.js';
import type { Block, Tally } from '../tally.js';

/** What a thread is given when it starts. */
export interface ThreadData {
  /** The canonical text. */
  readonly registry: string;
  readonly population: Population;
  readonly seed: string;
}

/** What it answers to a block. */
export interface Done {
  readonly block: Block;
  readonly tallies: readonly Tally[];
}
