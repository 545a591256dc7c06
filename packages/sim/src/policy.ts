/** Every default and limit of the simulator, each with its reason. */
export const policy = Object.freeze({
  /** Installations simulated unless told, at most: about two seconds for a dozen metrics. */
  defaultClients: 100_000,
  /** Above this a run takes minutes and a file of events gigabytes. */
  maxClients: 10_000_000,
  maxRepetitions: 1_000_000,
  /** Installations that share one seed: a unit of work, so its size is part of what a seed means. */
  blockClients: 4096,

  /** Of every interval. Nineteen times in twenty is what people expect an interval to mean. */
  confidence: 0.95,
  /** The ordinary wait, the slow one, and the one people complain about. */
  quantiles: Object.freeze([0.5, 0.75, 0.95] as const),
  coverage: Object.freeze({
    /** Every cell's interval covers the truth at least this often: what the mechanisms promise. */
    promised: 0.94,
    /** Chance that the coverage test fails although the promise is kept. */
    alpha: 0.001,
  }),

  /** Candidates of one text metric, and lines of a file of texts: decoding more takes minutes. */
  maxCandidates: 1_000_000,
  /** Candidates of the published decoding recipe, whose equations are dense: 32 MB. */
  maxPublished: 2000,
  /** Standard errors outside [0, 1] from which on a share is not blamed on chance. */
  doubtfulErrors: 5,
  /** Texts of a text metric that a shape such as `zipf` makes up. */
  shapedTexts: 100,

  /** Values of one metric printed in a table; `--json` has all. */
  tableRows: 12,
  /** The most common texts printed in a table; the detected ones follow them, this many again. */
  tableTexts: 15,
  /** Letters of a bar, and of a value's name: a table stays within 120 columns, 130 with repetitions. */
  barWidth: 24,
  labelWidth: 24,
  /** Bad lines of a file named one by one; the rest are counted. */
  namedBadLines: 20,
  /** Poisson laws are tabulated around their mean, some deviations wide. */
  maxPoissonMean: 1_000_000,
});
