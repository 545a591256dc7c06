import type { PostProcessed } from './post-process.js';
import type { RangedRow } from './rows.js';

/** What only the answer for a metric of that kind of question has. */
export interface FrequenciesPart {
  readonly answers: 'frequencies';
  /** Share of the reports that `ifForged` of the rows takes to be forged. */
  readonly forged: number;
}

export interface DistributionPart {
  readonly answers: 'distribution';
  /** Of quantiles, mean and edges. */
  readonly unit: string;
}

export interface TextsPart {
  readonly answers: 'texts';
  readonly texts: TextsSummary;
}

export interface TextsSummary {
  /**
   * The list that was asked for, or null if none was. `tested` is how many different texts are left of it after each is cut
   * to the metric's length, as a device cuts them.
   */
  readonly candidates: {
    readonly name: string;
    readonly count: number;
    readonly sha256: string;
    readonly tested: number;
  } | null;
  /** Names of the lists there are. */
  readonly lists: readonly string[];
  /** The list that holds any false text with probability at most `familyWise`; heaviest first, whatever `top` is. */
  readonly detected: readonly string[];
  /** The longer list of which at most the share `falseDiscovery` is false, on average. */
  readonly listed: readonly string[];
  readonly familyWise: number;
  readonly falseDiscovery: number;
  /**
   * Smallest share of a text that gets into `detected` 19 times in 20, with as many candidates: what is rarer is mostly
   * not seen. Above 1 nothing can be seen; null without reports.
   */
  readonly detectionLimit: number | null;
  /** How much worse than noise alone the candidates explain the reports, 1 or more: errors are multiplied by it. */
  readonly misfit: number;
}

/** What an estimator hands on: rows, a picture, and what is its own. */
export interface Estimated {
  readonly rows: readonly RangedRow[];
  readonly postProcessed: PostProcessed;
  readonly own: FrequenciesPart | DistributionPart | TextsPart;
}
