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
  /** Batches waiting for a commit, in bytes; above it the answer is 503 before memory grows. */
  pendingBytes: 32 * 2 ** 20,
  /** Asked of a client that is turned away; the shortest wait a device rounds to. */
  retryAfterSeconds: 60,

  /** Batches in the log before they are folded into counters: replaying as many takes a fraction of a second. */
  foldBatches: 4096,
  /** Longest a batch waits for its fold, also on an idle server: well within the 60 s that are promised. */
  foldMilliseconds: 5000,

  /** Requests per minute and network: an office of a thousand installations stays far below it. */
  requestsPerMinute: 600,
  /** Networks told apart at a time by the rate limit; the least recent is forgotten. */
  rateLimitNetworks: 20_000,
  /** Life of the secret that stands between an address and its counter. */
  networkKeyMilliseconds: 3_600_000,

  /** Fingerprints of unknown registries that are remembered. A forger cannot make the list longer. */
  unknownRegistries: 32,

  /** A request that has not arrived whole by then is cut off: a batch is a few kilobytes. */
  requestMilliseconds: 10_000,
  /** Of each interval in an estimate, on its own. */
  confidence: 0.95,
});
