export { bucketIndex, type Edges, linearBuckets, logBuckets } from './encode/buckets.js';
export { MechanismError, type MechanismErrorCode } from './errors.js';
export { normalQuantile } from './estimate/normal.js';
export { projectOnSimplex } from './estimate/simplex.js';
export { estimateSupport, type Support, type SupportOptions } from './estimate/support.js';
export { MAX_EPSILON, MICRO, microEpsilon } from './exact/epsilon.js';
export { expBelow } from './exact/exponential.js';
export { lnAbove } from './exact/logarithm.js';
export { compare, plus, type Ratio, ratio, times, toNumber } from './exact/ratio.js';
export { sha256 } from './hash/sha256.js';
export type {
  Aggregator,
  Channel,
  Client,
  Estimate,
  MakeParams,
  Mechanism,
  Params,
  Quantity,
  State,
} from './mechanism.js';
export { bernoulli, numerator, probability, type Threshold, threshold } from './random/bernoulli.js';
export { type RandomValues, secureSource } from './random/secure.js';
export { uniformInt } from './random/uniform-int.js';
export { blockSource, recordedSource, sourceFrom, type WordSource } from './random/word-source.js';
export { decodeState, encodeState, stateKey } from './state.js';
