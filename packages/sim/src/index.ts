export { type Accuracy, accuracyOf } from './accuracy.js';
export { answerOf } from './answer.js';
export { quantilePlace } from './buckets.js';
export { readCandidates } from './candidates.js';
export type { Answer, Cell, Comparison, Detection } from './cells/cell.js';
export { chooseEngine, type EngineChoice, type EngineName } from './choose-engine.js';
export { inProcess } from './clients/in-process.js';
export { threads } from './clients/threads.js';
export { binomialAtMost, type CoverageTest, coverageTest } from './coverage.js';
export type { DecodeReport, ReportedShare, ReportedText } from './decode/report.js';
export { type Detections, detectionsOf } from './detections.js';
export type { Counted, Engine, Job, Watch } from './engine.js';
export { type Place, SimError, type SimErrorCode } from './errors.js';
export { exact } from './exact-engine.js';
export { type ExperimentOptions, type Finding, runExperiment, type Trial } from './experiment.js';
export { inclusionShares } from './inclusion.js';
export {
  type Candidates,
  type MechanismLookup,
  type Simulated,
  type SimulatedDistribution,
  type SimulatedFrequencies,
  type SimulatedMetric,
  type SimulatedQuantity,
  type SimulatedTexts,
  type SimulationOptions,
  simulatedMetrics,
} from './metrics.js';
export { policy } from './policy.js';
export { declaredPopulation, shapedPopulation } from './population/declared.js';
export { type Draw, drawFrom } from './population/draw.js';
export {
  type BadLine,
  type BadLineReason,
  badLineReasons,
  type EventLine,
  readEventLines,
} from './population/event-lines.js';
export { type EventOptions, readEvents } from './population/events.js';
export { readInstallations } from './population/installations.js';
export { drawnFrom, observedPopulation } from './population/observed.js';
export { openPopulation, type PopulationOptions } from './population/open.js';
export type { BadLines, PopulationTable } from './population/table.js';
export {
  type DeclaredValues,
  type ObservedValues,
  type Population,
  populationAt,
  sharesOf,
  type ValueColumn,
} from './population.js';
export { runPage } from './run/page.js';
export {
  type ReportedErrors,
  type ReportedMean,
  type ReportedMetric,
  type ReportedValue,
  type ReportedWindow,
  type RunReport,
  type RunReportOptions,
  runReport,
} from './run/report.js';
export { type Scenario, scenario, scenarios } from './scenarios.js';
export { freshSeed, type Sources, seededSources } from './seeded.js';
export { type CellErrors, type MetricSummary, type Summary, type Summing, summing } from './summary.js';
export { type Block, mergeTallies, type Setup, type Tally, tallyBlock } from './tally.js';
