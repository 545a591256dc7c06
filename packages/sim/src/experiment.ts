import type { Registry } from '@dither/protocol';
import { type Accuracy, accuracyOf } from './accuracy.js';
import { answerOf } from './answer.js';
import type { Cell } from './cells/cell.js';
import { inProcess } from './clients/in-process.js';
import type { Engine, Watch } from './engine.js';
import { type Candidates, type MechanismLookup, type SimulatedMetric, simulatedMetrics } from './metrics.js';
import type { Population } from './population.js';
import type { Tally } from './tally.js';

export interface ExperimentOptions {
  readonly registry: Registry;
  readonly mechanisms: MechanismLookup;
  readonly population: Population;
  /** Of text metrics, by id; where there is none, the population's own texts. */
  readonly candidates?: Candidates;
  /** Installations in each repetition, 1 or more. */
  readonly clients: number;
  readonly repetitions: number;
  /** Everything random follows from it. */
  readonly seed: string;
  /** What counts the reports; clients in this process unless told. */
  readonly engine?: Engine;
}

/** What one repetition found about one metric. */
export interface Finding {
  readonly metric: SimulatedMetric;
  /** Installations that reported it. */
  readonly n: number;
  readonly cells: readonly Cell[];
  readonly accuracy: Accuracy;
}

/** One repetition: a finding per metric of `registry.wire`. */
export interface Trial {
  readonly repetition: number;
  /** Installations there were. */
  readonly clients: number;
  readonly findings: readonly Finding[];
}

/**
 * Runs the repetitions one after the other and hands out each as it is done, so that a caller can add them up, show
 * them, or stop.
 *
 * @throws SimError `mechanism-unknown`, `candidates-too-many`, and what the engine throws
 */
export async function* runExperiment(options: ExperimentOptions, watch: Watch = {}): AsyncGenerator<Trial, void> {
  const { engine = inProcess, ...job } = options;
  const metrics = simulatedMetrics(options);
  for await (const { repetition, clients, tallies } of engine({ ...job, metrics }, watch)) {
    const findings = metrics.map((metric, i) => {
      const tally = tallies[i] as Tally;
      const answer = answerOf(metric, tally);
      return { metric, n: tally.state.n, cells: answer.cells, accuracy: accuracyOf(answer) };
    });
    yield { repetition, clients, findings };
  }
}
