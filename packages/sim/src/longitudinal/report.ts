import { MICRO } from '@dither/mechanisms';
import type { Registry } from '@dither/protocol';
import { policy } from '../policy.js';
import type { Sources } from '../seeded.js';
import type { Attacked, AttackResult } from './attack.js';
import { type YearOfLedger, yearOfLedger } from './ledger.js';
import { type Drawn, dearestDraw, drawnAnew } from './participants.js';
import { type Composed, composedOf, type Revealed } from './revealed.js';
import type { DeclaredTarget } from './targets.js';
import type { TwoStageMetric } from './two-stage.js';

/** One installation's account, and when it ends. */
export interface ReportedLedger extends Omit<YearOfLedger, 'firstRefusal' | 'silentFrom'> {
  /** Days from the first on after which something is refused for the first time, and everything for good; null: not in 20 years. */
  readonly firstRefusal: number | null;
  readonly silentFrom: number | null;
}

export interface RegistryLedger {
  readonly app: string;
  readonly participation: 'all' | 'sampled';
  readonly bound: Registry['bound'];
  readonly days: number;
  /** Of an installation that runs every day and draws what costs most. */
  readonly worst: ReportedLedger;
  /** Of one that runs every day and draws by lot. */
  readonly drawn: ReportedLedger;
  /** Reports of each metric in these days, or epochs of a latched one, as many as there may be. */
  readonly composition: readonly Composed[];
}

export interface ReportedMetric {
  readonly label: string;
  readonly mechanism: string;
  /** Bits of a report, of a mechanism that randomizes bits. */
  readonly bits: number | null;
  readonly epsilonFirst: number;
  readonly epsilonInfinity: number;
  /** Reports of an epoch, and of the whole time. */
  readonly reports: number;
  readonly periods: number;
}

/** An attack, with what was declared beside it. */
export interface ReportedTarget extends Attacked {
  readonly epsilonFirst: number;
  readonly declared: number;
  /**
   * The largest share of guesses that can be right by what is declared, d, of values that never change: with p the share of the
   * most common value, p e^d / (p e^d + 1 - p), by Bayes' rule.
   */
  readonly allowed: number;
}

export interface ReportedAttack extends Omit<AttackResult, 'attacked'> {
  readonly file: string;
  readonly people: number;
  readonly leftOut: number;
  readonly values: readonly string[];
  readonly targets: readonly ReportedTarget[];
}

/** What the command `longitudinal` found. Epsilons, shares, and days and reports in whole numbers; null is without bound. */
export interface LongitudinalReport {
  readonly command: 'longitudinal';
  readonly seed: string;
  readonly arguments: readonly string[];
  readonly isPartial: boolean;
  readonly delta: number;
  readonly ledger: RegistryLedger | null;
  readonly metric: ReportedMetric | null;
  readonly revealed: Revealed | null;
  readonly attack: ReportedAttack | null;
}

export function registryLedger(registry: Registry, sources: Sources, days: number): RegistryLedger {
  const account = (drawn: () => Drawn): ReportedLedger => {
    const { firstRefusal, silentFrom } = yearOfLedger({
      registry,
      days: policy.longitudinal.horizonDays,
      drawn: drawn(),
    });
    return { ...yearOfLedger({ registry, days, drawn: drawn() }), firstRefusal, silentFrom };
  };
  const worst = account(() => dearestDraw(registry));
  return {
    app: registry.app,
    participation: registry.participation,
    bound: registry.bound,
    days,
    worst,
    drawn: registry.participation === 'all' ? worst : account(() => drawnAnew(registry, sources('participation'))),
    composition: registry.wire.flatMap(({ id, epoch, microEpoch }) => {
      const count = Math.floor(days / epoch);
      return count === 0 ? [] : [composedOf(id, count, (microEpoch.at(-1) as number) / MICRO)];
    }),
  };
}

export function reportedMetric(metric: TwoStageMetric, periods: number): ReportedMetric {
  const { label, params, stages, epsilonFirst, epsilonInfinity, reports } = metric;
  const bits = stages.shape === 'bits' ? stages.bits : null;
  return { label, mechanism: params.mechanism, bits, epsilonFirst, epsilonInfinity, reports, periods };
}

export function reportedTargets(
  targets: readonly DeclaredTarget[],
  { attacked, mostCommon }: AttackResult,
): readonly ReportedTarget[] {
  return attacked.map((one, i) => {
    const { epsilonFirst, declared } = targets[i] as DeclaredTarget;
    return { ...one, epsilonFirst, declared, allowed: 1 / (1 + (1 / mostCommon - 1) * Math.exp(-declared)) };
  });
}
