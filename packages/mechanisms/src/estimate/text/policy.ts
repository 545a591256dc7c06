/** Limits of the decoder of texts, each with its reason. */
export const DECODING = {
  /** Error rate of each of the two lists of texts. */
  alpha: 0.05,
  /**
   * Candidates up to this many, and up to this share of the rows, are all fitted together. More than half as many
   * unknowns as rows, and adjusting for light texts costs more than it brings; a thousand would take a second or more.
   */
  jointCandidates: 500,
  jointShare: 0.5,
  /** False texts that enter the fit of the heavy ones, on average: each costs one degree of freedom of thousands. */
  falseEntries: 0.5,
  /** Texts that enter it at a time: the lighter ones are judged again when the heavier are accounted for. */
  entriesAtOnce: 32,
  /**
   * The sum of more candidates than are fitted together is solved for step by step, until what it takes of each is right
   * to a thousandth; a few dozen steps do unless they are combinations of one another.
   */
  sumSettled: 1e-3,
  sumSteps: 200,
  /** What remains of a column after all others, relative to itself, below which it is a combination of them. */
  dependence: 1e-8,
  /** A coordinate descent ends when no coefficient moves by more than this many of its standard errors. */
  settled: 1e-3,
  /** Rounds of a descent, each a pass over all columns and several over those above zero. It is a picture, not a test. */
  rounds: 12,
  passes: 8,
  /** Missing texts are allowed for where the residuals exceed the noise by more than this many standard errors. */
  misfitTold: 3,
  /** Grid and iterations for the law of what they add: as fine as the noise lets one see, and no finer. */
  amounts: 200,
  amountIterations: 30,
  /** Steps of scoring: at least two; they end, or count for nothing, when more than this part of the variance is left. */
  scorings: 12,
  scored: 0.9,
} as const;
