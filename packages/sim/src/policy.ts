/** Every default and limit of the simulator, each with its reason. */
export const policy = Object.freeze({
  /** Installations simulated unless told, at most: about two seconds for a dozen metrics. */
  defaultClients: 100_000,
  /** One by one, above this a run takes minutes and a file of events gigabytes. */
  maxClients: 10_000_000,
  /** All at once: more than any app has. */
  maxExactClients: 1_000_000_000,
  maxRepetitions: 1_000_000,
  /** Windows of a population that drifts: enough to see a line. */
  driftWindows: 6,
  maxWindows: 1000,
  /** Installations of a quick run, all repetitions together: about two seconds for a dozen metrics. */
  quickInstallations: 100_000,
  /** Repetitions of a quick run, all windows together, where installations cost nothing. */
  quickRepetitions: 20,
  /** Repetitions of which threads may do something before one is taken: enough to keep them busy, few enough to hold. */
  repetitionsAhead: 64,
  /** Blocks below which no threads are started: they take as long to start as these few to be done. */
  threadBlocks: 16,
  /** Steps gone through to find how likely a metric is drawn: about a second. */
  maxInclusionSteps: 300_000,
  /** Installations that share one seed: a unit of work, so its size is part of what a seed means. */
  blockClients: 4096,

  /** Of every interval. Nineteen times in twenty is what people expect an interval to mean. */
  confidence: 0.95,
  /** Chance that any value nobody holds is taken for one that somebody holds. */
  detectionAlpha: 0.05,
  /** The most common values, whose relative error is said: what a page would list. */
  topValues: 10,
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
  /** Lines of a published histogram: more than any publishes. */
  maxHistogram: 1_000_000,
  /** Texts of a text metric that a shape such as `zipf` makes up. */
  shapedTexts: 100,

  /** Values of one metric printed in a table; `--json` has all. */
  tableRows: 12,
  /** The most common texts printed in a table; the detected ones follow them, this many again. */
  tableTexts: 15,
  /** Letters of a bar beside a table. */
  barWidth: 28,
  /** Columns that a page of text takes at most. */
  textColumns: 120,
  /** Items of a chart of intervals: more are not looked at one by one. */
  chartRows: 60,
  /** Bad lines of a file named one by one; the rest are counted. */
  namedBadLines: 20,
  /** Between two lines of progress, and before anything is said of the time left: that of one slow first step says little. */
  progressMs: 100,
  progressSilentMs: 1000,
  /** Threads that may be asked for: more than any machine has use for. */
  maxThreads: 256,

  plan: Object.freeze({
    /** How often a promise may be made: outside, 2,000 repetitions say nothing of whether it is kept. */
    chances: Object.freeze([0.5, 0.999] as const),
    /** Chance that a verification refuses a promise that is kept exactly. */
    alpha: 0.001,
    /** Below this nothing is told from nothing. */
    leastEpsilon: 0.001,
    fewestClients: 10,
    /** More installations than there are people with a computer. */
    mostClients: 10_000_000_000,
    /** Predictions this near are the same: then fewer bytes decide. */
    same: 0.01,
    /** Mechanisms tried by simulation for one answer, those that follow by prediction are seldom the best; of texts, which take long. */
    tried: 3,
    triedTexts: 1,
    /**
     * Repetitions of the steps of a search, and of the verification: 2,000 tell .95 from .935. An estimate of a share takes
     * microseconds, a percentile milliseconds, texts a hundred times that.
     */
    effort: Object.freeze({
      full: Object.freeze({
        shares: { steps: [500, 4000], verify: 2000 },
        quantiles: { steps: [200, 1000], verify: 2000 },
        texts: { steps: [40, 160], verify: 400 },
        corrections: 5,
      }),
      quick: Object.freeze({
        shares: { steps: [300, 1000], verify: 500 },
        quantiles: { steps: [40, 80], verify: 80 },
        texts: { steps: [10, 20], verify: 20 },
        corrections: 3,
      }),
    }),
    /** Of a whole registry: tables of accuracy, and how long a plan is improved. */
    table: Object.freeze({ epsilonFrom: 0.05, epsilonSteps: 9, clientParts: Object.freeze([0.04, 0.2, 1] as const) }),
    /** Orders in which installations draw their metrics: shares are then right to about a point. */
    draws: 2000,
    /** Registries of no more metrics are planned by exact shares: a millisecond each time. */
    exactMetrics: 8,
    /** Metrics drawn together, from which plans start. */
    drawnTogether: Object.freeze([1, 2, 3, 4, 6, 8, 12] as const),
    descents: 2,
    rounds: 12,
    /** Halvings of what a person gives. */
    budgetSteps: 10,
    /** Epsilon at which the mechanism of a metric is chosen. */
    likelyEpsilon: 2,
    /** Points of a curve of accuracy, each way from the answer by factors of two. */
    curveFactors: Object.freeze([1 / 4, 1 / 2.8, 1 / 2, 1 / 1.4, 1, 1.4, 2, 2.8, 4] as const),
    /** Curves drawn: the chosen mechanism, and those next to it. */
    curves: 4,
  }),

  compare: Object.freeze({
    epsilons: Object.freeze([0.5, 1, 2, 4] as const),
    clients: Object.freeze([10_000, 100_000, 1_000_000] as const),
    /** The least that shows how an error falls. */
    quickClients: Object.freeze([10_000, 1_000_000] as const),
    /** Errors that a measured one is the root mean square of, at least: it is then right to 3 to 6%, as those of a repetition go together. */
    errors: Object.freeze({ full: 400, quick: 15 }),
    /** Repetitions, all the same: errors of one repetition depend on each other. */
    fewestRepetitions: Object.freeze({ full: 20, quick: 5 }),
    /** A measured error that is above the predicted one by so many standard errors, and by this factor, is not blamed on chance. */
    refuted: Object.freeze({ errors: 4, factor: 1.25 }),
    /** Reports of one cell that are made one by one where no law is known: some seconds. */
    mostReports: 2_000_000,
    /** Cells of a comparison. */
    mostCells: 2000,
  }),

  /** Poisson laws are tabulated around their mean, some deviations wide. */
  maxPoissonMean: 1_000_000,

  longitudinal: Object.freeze({
    /** Reports of one installation that are looked at, at most: the longest epoch there is. */
    maxPeriods: 366,
    /** Unless told, of a metric without a period of its own: a year of weeks. */
    periods: 52,
    /** Days of the chart of the ledger, and days within which it is looked when an installation falls silent: 20 years. */
    ledgerDays: 365,
    horizonDays: 7305,
    /** Sets of counts looked at for one pair of histories, and for all pairs of a length: some seconds at most. */
    maxOutcomes: 100_000,
    maxPairOutcomes: Object.freeze({ quick: 20_000, full: 120_000 }),
    /** Except with this chance, in the figures that allow one. */
    delta: 1e-6,

    /** People of a data file; installations attacked unless told, and in a hurry: a share is then known to 2 and 6 points. */
    maxRows: 1_000_000,
    clients: 2000,
    quickClients: 300,
    /** Different values of a column: beyond it each report of bits takes long to read. */
    maxValues: 2048,
    /** Moments of a change that are tried. */
    maxCuts: 64,
    /** Share of installations whose value never changed that the attacker takes for changed. */
    alpha: 0.05,
  }),

  /** What `attack` takes: reports are made as bytes, and more of them would take gigabytes. */
  attack: Object.freeze({
    clients: 100_000,
    /** In a hurry the first of these with which all is done within so many nanoseconds, as they are counted in `attack/work.ts`. */
    quickClients: Object.freeze([20_000, 5000, 1000] as const),
    quickWork: 4e9,
    maxClients: 10_000_000,
    /** Shares of forged reports: one that hardly shows, the one of the literature, and one that anybody should notice. */
    forged: Object.freeze([0.01, 0.05, 0.1] as const),
    /** Above half of the reports there is nothing left to speak of. */
    maxForged: 0.5,
    /** As in the literature; in small domains a quarter of the values. */
    targets: 10,
    /** Nonces tried for each report: a millisecond of hashing. */
    tries: 64,
    maxTries: 1_000_000,
    alpha: 0.01,
    /** Enough for a rate to be known within 7%. */
    repetitions: 50,
    quickRepetitions: 10,
    /** From fewer nothing is known of the error. */
    leastQuickRepetitions: 2,
  }),

  /** What `shuffle` takes. The time grows with the standard deviation of the messages: seconds at the end. */
  shuffle: Object.freeze({
    clients: Object.freeze([1e3, 1e4, 1e5, 1e6] as const),
    quickClients: Object.freeze([1e3, 1e4, 1e5] as const),
    /** In a hurry: messages times deviations of their number, some 35 microseconds each. */
    quickWork: 130_000,
    maxClients: 1e9,
    /** Far below one in the number of messages, which is what a delta should be. */
    delta: 1e-8,
    /** Below it what is left out of the sums would count. */
    leastDelta: 1e-18,
    maxCentral: 1000,
  }),

  /** Values of a mechanism that the command line names: the setting of the literature, and the most that any takes. */
  values: 1024,
  maxValues: 1_048_576,
});
