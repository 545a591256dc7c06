import type { Registry } from '@dither/protocol';
import type { Cell } from './cells/cell.js';
import { cellsOf } from './cells.js';
import { type Candidates, type MechanismLookup, type SimulatedMetric, simulatedMetrics } from './metrics.js';
import { policy } from './policy.js';
import type { Population } from './population.js';
import type { Sources } from './seeded.js';
import { emptyTallies, mergeTallies, type Setup, type Tally, tallyBlock } from './tally.js';

export interface ExperimentOptions {
  readonly registry: Registry;
  readonly mechanisms: MechanismLookup;
  readonly population: Population;
  /** Of text metrics, by id; where there is none, the population's own texts. */
  readonly candidates?: Candidates;
  /** Installations in each repetition, 1 or more. */
  readonly clients: number;
  readonly repetitions: number;
  /** Everything random, by name. */
  readonly sources: Sources;
}

/** What one repetition found about one metric. */
export interface Finding {
  readonly metric: SimulatedMetric;
  /** Installations that reported it. */
  readonly n: number;
  readonly cells: readonly Cell[];
}

/** One repetition: a finding per metric of `registry.wire`. */
export interface Trial {
  readonly repetition: number;
  readonly findings: readonly Finding[];
}

/**
 * Runs the repetitions one after the other and hands out each as it is done, so that a caller can add them up, show
 * them, or stop. Every repetition draws its installations and all its coins anew.
 *
 * @param onProgress - told how many installations of all repetitions are done
 * @throws SimError `mechanism-unknown`, `candidates-too-many`
 */
export function* runExperiment(
  options: ExperimentOptions,
  onProgress: (done: number) => void = () => undefined,
): Generator<Trial, void> {
  const { registry, population, clients, repetitions, sources } = options;
  const metrics = simulatedMetrics(options);
  const setup: Setup = { registry, metrics, population, sources };
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const tallies = emptyTallies(metrics);
    for (let from = 0; from < clients; from += policy.blockClients) {
      const to = Math.min(clients, from + policy.blockClients);
      mergeTallies(metrics, tallies, tallyBlock(setup, { repetition, from, to }));
      onProgress(repetition * clients + to);
    }
    const findings = metrics.map((metric, i) => {
      const tally = tallies[i] as Tally;
      return { metric, n: tally.state.n, cells: cellsOf(metric, tally) };
    });
    yield { repetition, findings };
  }
}
