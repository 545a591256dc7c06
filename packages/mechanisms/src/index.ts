export { bloomBits, candidateBits } from './encode/bloom.js';
export { amountAt, bucketIndex, bucketMiddles, type Edges, linearBuckets, logBuckets } from './encode/buckets.js';
export { utf8 } from './encode/utf8.js';
export { MechanismError, type MechanismErrorCode } from './errors.js';
export {
  likelihoodRows,
  logLikelihood,
  matrixChannel,
  type ShareChannel,
  type UpdatedShares,
  type UpdateOptions,
  updateShares,
} from './estimate/bayesian-update.js';
export { type IfForged, ifForged } from './estimate/forged.js';
export { believed, benjaminiHochbergCut, bonferroniCut, holmCut, nullPValues } from './estimate/multiple.js';
export { normalQuantile, normalTail } from './estimate/normal.js';
export { projectOnSimplex } from './estimate/simplex.js';
export { estimateSupport, type Support, type SupportOptions } from './estimate/support.js';
export type { CandidateBits, CohortCounts } from './estimate/text/counts.js';
export { type DecodingOptions, decodeTexts, type TextDecoding } from './estimate/text/decode.js';
export { decodePublished, type PublishedDecoding } from './estimate/text/published.js';
export { MAX_EPSILON, MICRO, microEpsilon } from './exact/epsilon.js';
export { expBelow } from './exact/exponential.js';
export { lnAbove } from './exact/logarithm.js';
export { compare, plus, type Ratio, ratio, times, toNumber } from './exact/ratio.js';
export { sha256 } from './hash/sha256.js';
export type {
  Aggregator,
  Channel,
  Client,
  DistributionAggregator,
  DistributionEstimate,
  DistributionMechanism,
  DistributionQuestion,
  Estimate,
  FrequencyAggregator,
  FrequencyMechanism,
  IndexClient,
  IndexParams,
  LatchedClient,
  LatchedIndexClient,
  LatchedIndexParams,
  LatchedParams,
  LatchedTextClient,
  MakeParams,
  Mechanism,
  Params,
  QuantileEstimate,
  Quantity,
  State,
  TextAggregator,
  TextClient,
  TextEstimate,
  TextMechanism,
  TextQuestion,
  TextShape,
  TextsEstimate,
} from './mechanism.js';
export { bernoulli, numerator, probability, type Threshold, threshold } from './random/bernoulli.js';
export { deviceSource } from './random/device.js';
export { type BitChannel, bitChannel } from './random/lanes.js';
export { type RandomValues, secureSource } from './random/secure.js';
export { uniformInt } from './random/uniform-int.js';
export { type BlockSource, blockSource, recordedSource, sourceFrom, type WordSource } from './random/word-source.js';
export { decodeState, encodeState, mergeStates, stateKey } from './state.js';
