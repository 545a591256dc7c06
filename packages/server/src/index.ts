export { type Access, openAccess } from './access/access.js';
export type { ReadToken, Scope, WantedToken } from './access/tokens.js';
export type { WriteKey } from './access/write-keys.js';
export { type AppOptions, buildApp } from './app.js';
export { type Clock, systemClock } from './clock.js';
export {
  AccessError,
  type AccessErrorCode,
  ProblemError,
  type ServerProblemCode,
  StorageError,
  type StorageErrorCode,
  SwitchOffError,
  type SwitchOffErrorCode,
  serverProblems,
} from './errors.js';
export type { EstimateAnswer, Window } from './estimates/estimate.js';
export type { DistributionPart, FrequenciesPart, TextsPart, TextsSummary } from './estimates/estimated.js';
export type { PostProcessed, PostProcessedValue, PostProcessing } from './estimates/post-process.js';
export type { EstimateRow } from './estimates/rows.js';
export type { HttpLimits } from './http-limits.js';
export type { Contributions } from './ingest/contributions.js';
export type { DistributionSeries, FrequencySeries, Series, TextSeries } from './ingest/served-registry.js';
export type { LogOptions } from './logging.js';
export { serverPolicy } from './policy.js';
export type { CandidatesReceipt } from './routes/candidates.js';
export type { MetricAnswer } from './routes/metrics.js';
export { type Server, type ServerOptions, startServer } from './server.js';
export { memoryStorage } from './storage/memory.js';
export {
  type BackupContents,
  type BackupSummary,
  checkBackup,
  type PreparedRestore,
  prepareRestore,
  type RestoreSummary,
  restoreBackup,
} from './storage/sqlite/backup.js';
export { type SqliteOptions, type SqliteStorage, sqliteStorage } from './storage/sqlite/sqlite.js';
export type {
  CandidateList,
  CandidateSummary,
  IncomingBatch,
  Outcome,
  RecordKind,
  SetAside,
  Storage,
  StorageUsage,
  StoredRecord,
  WindowCount,
  WindowState,
} from './storage/storage.js';
export type { SwitchOffDocument } from './switch-off/document.js';
