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

/** The f with f - 1.645 se(f) = 1.960 se(0). Currie 1968. @param standardError - at a share in [0, 1] */
export function smallestTold(standardError: (share: number) => number): number {
  let limit = 0;
  for (let i = 0; i < 50; i++) limit = 1.959964 * standardError(0) + 1.644854 * standardError(Math.min(1, limit));
  return limit;
}
