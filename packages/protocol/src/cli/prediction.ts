/** How well one quantity of a metric will be known. */
export interface Prediction {
  /** `frequency` stands for every value of the metric, `text` for every rare text, `p75` for a percentile. */
  readonly quantity: string;
  /** Answers it is estimated from. */
  readonly n: number;
  /** Where the truth is at its smallest; of a percentile its root mean squared error, in the metric's unit. */
  readonly standardError: number;
  /**
   * Smallest truth that is told from the smallest possible one 19 times in 20; `range` or more: none is. Of a
   * percentile `range` if nothing is seen of it, else undefined.
   */
  readonly detectionLimit: number | undefined;
  /** Largest possible truth less the smallest. */
  readonly range: number;
  /** Of what is not a share. */
  readonly unit?: string;
}
