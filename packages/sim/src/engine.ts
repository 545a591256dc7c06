import type { Registry } from '@dither/protocol';
import type { SimulatedMetric } from './metrics.js';
import type { Population } from './population.js';
import type { Tally } from './tally.js';

/** What an engine is to find out. */
export interface Job {
  readonly registry: Registry;
  /** One per metric of `registry.wire`. */
  readonly metrics: readonly SimulatedMetric[];
  readonly population: Population;
  /** Installations in each repetition, 1 or more. */
  readonly clients: number;
  readonly repetitions: number;
  readonly seed: string;
}

/** How its caller follows an engine, and stops it. */
export interface Watch {
  /** Told how many installations of all repetitions are done. */
  readonly onProgress?: (installations: number) => void;
  /** When it is aborted, no further repetition comes; of the first one what is done of it. */
  readonly stop?: AbortSignal;
}

/** One repetition: a tally per metric. */
export interface Counted {
  readonly repetition: number;
  /** Installations there were: fewer than asked for where the first repetition was stopped. */
  readonly clients: number;
  readonly tallies: readonly Tally[];
}

/**
 * Counts one repetition after the other. Every repetition draws its installations and all its coins anew, from sources
 * named by seed and repetition: what is counted depends on the job alone. The event loop has its turn between repetitions.
 */
export type Engine = (job: Job, watch: Watch) => AsyncGenerator<Counted, void>;
