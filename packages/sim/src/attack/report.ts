import { MICRO } from '@dither/mechanisms';
import { unavailable } from './detectors.js';
import type { AttackOptions, AttackOutcome, AttackResult } from './simulate.js';

/** What `--json` prints. */
export interface AttackReport {
  readonly command: 'attack';
  /** Arguments that make the same report again. */
  readonly arguments: readonly string[];
  readonly seed: string;
  /** Whether it was stopped before all repetitions were done. */
  readonly isPartial: boolean;
  /** The metric's id, or the mechanism's. */
  readonly label: string;
  readonly mechanism: string;
  /** Of one report. */
  readonly epsilon: number;
  readonly domainSize: number;
  readonly population: string;
  readonly clients: number;
  /** Done; and asked for, which is more where it was stopped. */
  readonly repetitions: number;
  readonly asked: number;
  readonly tries: number;
  readonly alpha: number;
  readonly targets: readonly { readonly value: number; readonly label: string; readonly truth: number }[];
  readonly detectors: readonly {
    readonly name: string;
    readonly summary: string;
    /** How often it spoke up although nothing was forged. */
    readonly falseAlarms: number;
  }[];
  /** What the literature detects by, and this server cannot. */
  readonly unavailable: readonly string[];
  readonly attacks: readonly AttackResult[];
}

export interface AttackNames {
  readonly arguments: readonly string[];
  readonly seed: string;
  readonly label: string;
  readonly population: string;
  /** What a value is called. */
  readonly valueLabel: (value: number) => string;
}

export function attackReport(names: AttackNames, options: AttackOptions, outcome: AttackOutcome): AttackReport {
  const { mechanism, params, shares, targets, clients, tries, alpha } = options;
  return {
    command: 'attack',
    arguments: names.arguments,
    seed: names.seed,
    isPartial: outcome.repetitions < options.repetitions,
    label: names.label,
    mechanism: mechanism.id,
    epsilon: params.microEpsilon / MICRO,
    domainSize: params.domainSize,
    population: names.population,
    clients,
    repetitions: outcome.repetitions,
    asked: options.repetitions,
    tries,
    alpha,
    targets: targets.map((value) => ({
      value,
      label: names.valueLabel(value),
      truth: shares[value] as number,
    })),
    detectors: outcome.detectors.map(({ name, summary }) => ({
      name,
      summary,
      falseAlarms: outcome.falseAlarms[name] ?? 0,
    })),
    unavailable,
    attacks: outcome.results,
  };
}
