export { fromBase64url, fromHex, toBase64url, toHex } from './bytes.js';
export { parseAnswer, parseJson } from './parse-json.js';
export {
  EXPIRY_NOTICE_DAYS,
  MAX_ANSWER_LENGTH,
  MAX_BATCH_BYTES,
  MAX_REPORT_AGE_DAYS,
  MAX_SWITCH_OFF_LENGTH,
  NONCE_BYTES,
  policy,
  RETAINED_DAYS,
  WIRE_VERSION,
} from './policy.js';
export { canonicalJson, fingerprintOf, type Json } from './registry/canonical.js';
export {
  type Encode,
  encodeBoolean,
  encodeCategory,
  encodeCount,
  encodeNumber,
  encodeText,
} from './registry/encode.js';
export { RegistryError, type RegistryErrorCode } from './registry/errors.js';
export { type ClientLookup, registryFromJson, registryToJson, registryToText } from './registry/json.js';
export {
  boolean,
  category,
  count,
  type NumberOptions,
  quantity,
  type TextOptions,
  text,
  timing,
} from './registry/kinds.js';
export { labels, NONE, population, rangeLabel } from './registry/labels.js';
export type {
  Aggregate,
  AnyClient,
  Declared,
  Domain,
  Kind,
  Latch,
  Metric,
  MetricOptions,
  Period,
  Value,
} from './registry/metric.js';
export { paramsToJson } from './registry/params-json.js';
export {
  chargePerWindow,
  type DrawnClass,
  drawMetrics,
  drawParticipation,
  type ParticipationClass,
  participationClasses,
} from './registry/participation.js';
export {
  type Bound,
  type Budget,
  type Declarations,
  defineRegistry,
  type Registry,
  type RegistryOptions,
} from './registry/registry.js';
export { DAY_MS, dayOf, formatDay, parseDay, periodStart } from './time.js';
export {
  type Batch,
  BatchError,
  type BatchJson,
  batchFromJson,
  batchToJson,
  encodeBatch,
  type Header,
  headerFromJson,
  mayNeedSplitting,
  parseHeader,
  parseReports,
  splitReports,
  visitReports,
  type WirePlace,
  type WireReport,
  type WireTable,
} from './wire/batch.js';
export { finalCodes, type Problem, type ProblemCode, problems, type Receipt, type RejectReason } from './wire/codes.js';
export { publicDraw } from './wire/public-draw.js';
export {
  parseSwitchOff,
  type SwitchOff,
  switchOffPath,
  writeSwitchOff,
} from './wire/switch-off.js';
