import { policy } from '@dither/protocol';

/** Every limit and default of the server, each with its reason. What both sides share is the protocol's policy. */
export const serverPolicy = Object.freeze({
  /**
   * JSON says the same batch in more bytes: `"510":"AA",` is 11 for a report of one byte. The canonical bytes it
   * stands for are held to the protocol's limit as well.
   */
  maxJsonBytes: 10 * policy.maxBatchBytes,

  /** Most batches one commit carries: more would make the first of them wait without making the fsync cheaper. */
  groupBatches: 1024,
  /** Memory of batches that wait for a commit, with their requests, in bytes; above it the answer is 503. */
  pendingBytes: 32 * 2 ** 20,
  /**
   * Asked of a client that is turned away: the shortest wait a device rounds to, and the span the rate limit counts
   * over. The same for everyone: a wait of one's own would say how much a network has asked.
   */
  retryAfterSeconds: 60,

  /** Batches in the log before they are folded into counters: replaying as many takes a fraction of a second. */
  foldBatches: 4096,
  /** Longest a batch waits for its fold, also on an idle server: well within the 60 s that are promised. */
  foldMilliseconds: 5000,
  /** Counters that wait for a fold, in bytes; above it they are folded at once. */
  foldBytes: 16 * 2 ** 20,
  /**
   * Folds, in time, from the first one after which batches are left in SQLite's write-ahead log until it is overwritten:
   * rarely, because commits wait for it, and with all else well within the 60 s.
   */
  foldsBeforeErasure: 3,
  /** A write-ahead log that has grown beyond is overwritten at once, in bytes. */
  eraseAtBytes: 64 * 2 ** 20,

  /** Counters are kept for 13 months, so that a month can be compared with the one of a year before. */
  retentionDays: 400,
  /** Fewer would forget windows that reports may still come for. */
  minRetentionDays: 64,
  /** Memory for nonces; beyond it those of older days are looked up on disk. With it a server of 300,000 batches a day stays below 256 MiB. */
  nonceMemoryBytes: 64 * 2 ** 20,
  /** Less would not hold the newest day's nonces of a small app. */
  minNonceMemoryBytes: 2 ** 20,

  /** What a clock may be set by at once, and how long it must go on from there to be believed where it is more. */
  clockLeapMilliseconds: 6 * 3_600_000,
  clockSettlesMilliseconds: 3_600_000,

  /** Requests per minute and network: an office of a thousand installations stays far below it. */
  requestsPerMinute: 600,
  /** Networks told apart at a time by the rate limit; the least recent is forgotten. */
  rateLimitNetworks: 20_000,
  /** Life of the secret that stands between an address and its counter. */
  networkKeyMilliseconds: 3_600_000,

  /** How long a browser may remember that it may post from another origin: a day, the most that any of them does. */
  preflightSeconds: 86_400,
  /** How long an answer about what is switched off may be kept on the way: it comes into force no later than that. */
  switchOffSeconds: 3600,
  /** Most days a switch-off document may be in force: a budget window, after which somebody must want it again. */
  switchOffDays: 28,

  /**
   * How long the write keys before a rotation stay good: an installation that has not been updated for half a year is
   * rarely updated at all.
   */
  keyOverlapDays: 180,
  /** Write keys of one app, tokens in all: each is compared with what a request brings. */
  maxWriteKeys: 16,
  maxReadTokens: 64,

  /** Fingerprints of unknown registries that are remembered. A forger cannot make the list longer. */
  unknownRegistries: 32,
  /** How many times as often as the least seen of them a newcomer must come to take its place: so that places rarely change. */
  unknownRegistryFactor: 4,

  /** A server that was asked to end has stored what it holds by then, or says that it could not. */
  drainMilliseconds: 10_000,
  /** Connections that are not done by then are cut, so that a client that is slow to send does not spoil the end. */
  cutMilliseconds: 7000,
  /** The same where it goes on with a restored file: it is away only as long as that takes. */
  restoreCutMilliseconds: 1000,
  /** How often a server that ends looks for connections that have become idle. */
  sweepMilliseconds: 50,
  /** Signals that come together are one: what runs a server passes on those that the server has from the terminal as well. */
  signalBurstMilliseconds: 500,
  /** What one of the operator's commands may say: a registry of the most metrics, and of many categories. */
  maxAdminBytes: 32 * 2 ** 20,
  /** Longest that `health` waits. */
  healthMilliseconds: 5000,

  /** A request that has not arrived whole by then is cut off: a batch is a few kilobytes. */
  requestMilliseconds: 10_000,
  /** Its headers alone: a network that takes as long for them is not going to bring the rest. */
  headersMilliseconds: 8000,
  /** How often connections are looked at, and so how late one may be cut. */
  checkMilliseconds: 1000,
  /** Longer than proxies hold their own side (a minute), so that none sends into a connection that ends. */
  keepAliveMilliseconds: 72_000,
  /** Headers of a request: a browser sends one or two kilobytes. */
  maxHeaderBytes: 8192,
  /** Connections at a time: as many bodies may be on their way, each of at most `maxJsonBytes`. */
  maxConnections: 1024,
  /** Of them from one network: an office behind one address is far below, since devices ask once a day. */
  maxNetworkConnections: 256,
  /** Longest a route for analysts waits for one answer of the storage: a disk that hangs may hang for hours. */
  storageMilliseconds: 10_000,
  /** A part of a path: ids, apps and names are at most 100. */
  maxParamLength: 100,
  /** Of one try whether the storage can be written, and between two of them. */
  probeMilliseconds: 5000,
  probeEveryMilliseconds: 1000,
  /** How long a commit that failed counts against the storage where none comes after it: a try needs less room than a commit. */
  commitFailureMilliseconds: 10_000,
  /** An uploaded list of candidates, in bytes and in lines: it is decoded in memory, in a time that grows with both. */
  maxCandidateBytes: 8 * 2 ** 20,
  maxCandidates: 100_000,
  /** Of one candidate, in UTF-16 code units: no metric keeps more of a text. */
  maxCandidateLength: 1024,
  /** Named lists kept at a time: half a gigabyte at most. */
  maxCandidateLists: 64,

  /** Longest an estimate may take: some four times what 100,000 candidates take on a busy machine. */
  estimateMilliseconds: 30_000,
  /** Estimates waiting for the one thread that makes them; one more is answered 503. A dashboard asks for all metrics at once. */
  waitingEstimates: 64,
  /** Rows of a text estimate that are kept and can be asked for: those with the largest estimates. */
  maxTextRows: 1000,
  /** Rows of a text estimate unless told. */
  textRows: 200,
  /** Candidates named in a row as those it cannot be told apart from. In a filter too small there may be thousands. */
  maxConfused: 20,
  /** Distributions and text estimates remembered, each of at most `maxTextRows` rows: half a megabyte, mostly far less. */
  rememberedEstimates: 64,
  /** Quantiles, or thresholds, in one question. */
  maxAsked: 32,
  /** Quantiles that can be asked for: further out there is nothing but noise at any size. */
  minQuantile: 0.001,
  maxQuantile: 0.999,
  /** Quantiles of a distribution unless told. */
  quantiles: Object.freeze([0.5, 0.75, 0.95]),
  /** Share of the reports that is taken to be forged, unless told, where an estimate says how far that could have pushed it. */
  forged: 0.01,
  /** Beyond half of the reports there is nothing left to protect. */
  maxForged: 0.5,
  /** Of each interval in an estimate, on its own. */
  confidence: 0.95,
});
