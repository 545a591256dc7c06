import type { Registry } from '@dither/protocol';

/** A file as found, unpacked. */
export interface Source {
  /** For messages. */
  readonly file: string;
  readonly text: string;
}

/** What happened on one installation: a line of the events. Without metric and value, that it was there. */
export interface RealEvent {
  readonly client: string;
  readonly metric: string;
  readonly value: string | number;
}

/** A file turned into something that can be measured: the declared metrics, and the events of each installation. */
export interface DataSet {
  readonly registry: Registry;
  readonly clients: number;
  /** All events of one installation stand together. */
  readonly events: readonly RealEvent[];
  /** What to look for among texts, where there are any: `candidates.txt`. */
  readonly candidates?: readonly string[];
  /** The same people as a law the simulator draws from, which has no end: `population.json`. */
  readonly population?: object;
}

/**
 * Turns a file into installations; the same file gives the same events, always.
 * @param clients - how many installations; undefined leaves it to the data set
 * @throws RealDataError
 */
export type Convert = (source: Source, clients: number | undefined) => DataSet;
