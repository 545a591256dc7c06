/**
 * What texts are decoded from: in each cohort the number of reports and, for each bit of the filter, the number of
 * reports that have it set. A bit is set with probability `set` where the text sets it and `unset` where not.
 */
export interface CohortCounts {
  readonly cohorts: number;
  /** Bits of a filter. */
  readonly bits: number;
  /** Bits a text sets in each cohort: exactly so many, or, in filters made elsewhere, at most. */
  readonly hashes: number;
  /** Reports, one entry per cohort. */
  readonly reports: Float64Array;
  /** Reports with the bit set: entry cohort * bits + bit. */
  readonly ones: Float64Array;
  readonly set: number;
  readonly unset: number;
  /**
   * Of a mechanism with two stages the part of a bit's variance that is the permanent stage's, as a function of the
   * probability that the bit is set in the text itself; zero unless told.
   */
  readonly permanentVariance?: (share: number) => number;
}

/** The bits that candidates set: a sparse matrix of cohorts * bits rows and a column per candidate. */
export interface CandidateBits {
  readonly count: number;
  /** Candidate v sets the rows `rows[starts[v]]` up to, without, `rows[starts[v + 1]]`; rows are cohort * bits + bit. */
  readonly starts: Int32Array;
  readonly rows: Int32Array;
}
