export { type Cell, cellsOf } from './cells.js';
export { binomialAtMost, type CoverageTest, coverageTest } from './coverage.js';
export { type Place, SimError, type SimErrorCode } from './errors.js';
export { type ExperimentOptions, type Finding, runExperiment, type Trial } from './experiment.js';
export { type MechanismLookup, type SimulatedMetric, type SimulatedQuantity, simulatedMetrics } from './metrics.js';
export { policy } from './policy.js';
export { declaredPopulation, shapedPopulation } from './population/declared.js';
export {
  type BadLine,
  type BadLineReason,
  badLineReasons,
  type EventLine,
  readEventLines,
} from './population/event-lines.js';
export { type BadLines, type EventOptions, type EventTable, readEvents } from './population/events.js';
export { drawnFrom, observedPopulation } from './population/observed.js';
export { openPopulation, type PopulationOptions } from './population/open.js';
export type { Population } from './population.js';
export { type ReportedMetric, type ReportedValue, type RunReport, runReport } from './report.js';
export { reportText } from './report-text.js';
export { type Scenario, scenario, scenarios } from './scenarios.js';
export { freshSeed, type Sources, seededSources } from './seeded.js';
export { type CellErrors, type MetricSummary, type Summary, type Summing, summing } from './summary.js';
export { type Block, mergeTallies, type Setup, type Tally, tallyBlock } from './tally.js';
