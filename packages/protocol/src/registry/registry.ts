import { type LatchedParams, MechanismError, MICRO, microEpsilon, type Params } from '@dither/mechanisms';
import { policy } from '../policy.js';
import { parseDay } from '../time.js';
import { fingerprintOf, type Json } from './canonical.js';
import { RegistryError } from './errors.js';
import type { Declared, Metric } from './metric.js';
import { paramsToJson } from './params-json.js';
import { chargePerWindow, type ParticipationClass, participationClasses } from './participation.js';

export interface Budget {
  /** Epsilon one installation may spend over all metrics in one budget window; 8 unless told. */
  readonly perWindow: number;
  /** Length of the budget window in days, a multiple of 28; 28 unless told. */
  readonly windowDays: number;
  /** Epsilon one installation may spend over all metrics in its life; 104 unless told. */
  readonly lifetime: number;
}

// biome-ignore lint/suspicious/noExplicitAny: the input type of a metric is checked where it is recorded
export type Declarations = Readonly<Record<string, Declared<any>>>;

export interface RegistryOptions<D extends Declarations> {
  /** Names the app, for example in reverse domain notation: a-z, 0-9, dot and hyphen. */
  readonly app: string;
  readonly budget?: Partial<Budget>;
  /**
   * `all`: every installation reports every metric (the default). `sampled`: in each budget window every
   * installation draws a part of the metrics that fits the budget; needed when all together do not.
   */
  readonly participation?: 'all' | 'sampled';
  /**
   * `explicit-grant`: the app asks a person whose browser sends Global Privacy Control whether to report all the same, and
   * servers take what is sent with the signal. Left out, the signal is a no that servers hold devices to.
   */
  readonly gpc?: 'explicit-grant';
  /** Number of installations expected to report in a period: what accuracy is predicted from. */
  readonly expectedClients: number;
  readonly metrics: D;
}

/** What is said to a person: the sum over all metrics, in epsilon. */
export interface Bound {
  readonly perWindow: number;
  readonly windowDays: number;
  readonly lifetime: number;
}

export interface Registry<D extends Declarations = Declarations> {
  readonly app: string;
  readonly budget: Budget;
  readonly participation: 'all' | 'sampled';
  /** As declared; absent unless it was. */
  readonly gpc?: 'explicit-grant';
  readonly expectedClients: number;
  readonly metrics: { readonly [Id in keyof D]: Metric<Parameters<D[Id]['encode']>[0]> };
  /** All metrics in the order of their ids: a report's place in a batch. */
  readonly wire: readonly Metric[];
  /** Names `wire`, and so the layout of batches: 16 hexadecimal digits. */
  readonly fingerprint: string;
  readonly classes: readonly ParticipationClass<Metric>[];
  readonly bound: Bound;
}

/**
 * Declares what an app measures. Everything is resolved and validated here, once, by integer arithmetic: ids, expiry
 * days, mechanism parameters and their integer thresholds, fingerprints, the sum a person spends.
 *
 * @throws RegistryError, saying what to change
 * @example
 * const registry = defineRegistry({
 *   app: 'org.example.browser',
 *   expectedClients: 100_000,
 *   metrics: { 'dark-mode': boolean({ ..., mechanism: rr }) },
 * });
 */
export function defineRegistry<const D extends Declarations>(options: RegistryOptions<D>): Registry<D> {
  if (!/^[a-z0-9][a-z0-9.-]{0,99}$/.test(options.app)) {
    throw new RegistryError('app-invalid', '', 'app is 1 to 100 of a-z, 0-9, dot, hyphen');
  }
  if (!Number.isInteger(options.expectedClients) || options.expectedClients < 1) {
    throw new RegistryError(
      'expected-clients-invalid',
      '',
      'expectedClients is the number of installations, 1 or more',
    );
  }
  const budget = checkBudget({ ...policy.budget, ...options.budget });
  const participation = options.participation ?? 'all';
  if (participation !== 'all' && participation !== 'sampled') {
    throw new RegistryError('participation-invalid', '', "participation is 'all' or 'sampled'");
  }
  if (options.gpc !== undefined && options.gpc !== 'explicit-grant') {
    throw new RegistryError('gpc-invalid', '', "gpc is 'explicit-grant', or left out");
  }

  const ids = Object.keys(options.metrics).sort();
  if (ids.length < 1 || ids.length > policy.maxMetrics) {
    throw new RegistryError('too-many-metrics', '', `declare 1 to ${policy.maxMetrics} metrics`);
  }
  const wire = ids.map((id) => resolve(options.app, id, options.metrics[id] as Declared));
  checkEpochs(wire);
  const classes = checkFit(wire, budget, participation);
  const perWindow = classes.reduce((sum, c) => sum + c.cap, 0) / MICRO;

  return Object.freeze({
    app: options.app,
    budget,
    participation,
    ...(options.gpc === undefined ? {} : { gpc: options.gpc }),
    expectedClients: options.expectedClients,
    metrics: byId(wire) as Registry<D>['metrics'],
    wire: Object.freeze(wire),
    fingerprint: fingerprintOf(wire.map((metric) => metric.fingerprint)),
    classes,
    bound: { perWindow, windowDays: budget.windowDays, lifetime: budget.lifetime },
  });
}

/** Without a prototype: no id but a declared one finds anything. */
function byId(metrics: readonly Metric[]): { readonly [id: string]: Metric } {
  const table: { [id: string]: Metric } = Object.create(null);
  for (const metric of metrics) table[metric.id] = metric;
  return Object.freeze(table);
}

function checkBudget(budget: Budget): Budget {
  const longest = Math.max(...policy.periods);
  const isSound =
    [budget.perWindow, budget.lifetime, budget.windowDays].every((x) => Number.isFinite(x) && x > 0) &&
    budget.windowDays % longest === 0;
  if (!isSound) {
    throw new RegistryError(
      'budget-invalid',
      '',
      `perWindow and lifetime above 0, windowDays a multiple of ${longest}`,
    );
  }
  return Object.freeze(budget);
}

function checkText(id: string, label: string, value: unknown): void {
  if (typeof value !== 'string' || value.trim() === '' || value.length > policy.maxTextLength) {
    throw new RegistryError('text-missing', id, `${label} is a text of 1 to ${policy.maxTextLength} characters`);
  }
}

function resolve(app: string, id: string, declared: Declared): Metric {
  // `constructor` is the one such word that every object knows already: in what a device keeps by id it would be found.
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(id) || id in {}) {
    throw new RegistryError(
      'id-invalid',
      id,
      'an id is 1 to 64 of a-z, 0-9, hyphen, beginning with a letter, and not "constructor"',
    );
  }
  checkText(id, 'description', declared.description);
  checkText(id, 'purpose', declared.purpose);
  checkText(id, 'owner', declared.owner);
  if (!policy.periods.includes(declared.period)) {
    throw new RegistryError('period-invalid', id, `period is one of ${policy.periods.join(', ')} days`);
  }
  const expiryDay = parseDay(declared.expires);
  if (expiryDay === undefined) {
    throw new RegistryError('expiry-invalid', id, 'expires is a day, YYYY-MM-DD');
  }
  const params = makeParams(id, declared);
  const { epsilon: _declared, resolve: _resolve, ...rest } = declared;
  const { microEpoch = [params.microEpsilon] } = params as Partial<LatchedParams>;
  checkEpsilon(id, declared.latch?.epsilonInfinity ?? params.microEpsilon / MICRO, declared.reason);
  const channel: Json = {
    app,
    id,
    kind: declared.kind,
    period: declared.period,
    aggregate: declared.aggregate,
    domain: declared.domain as Json,
    latch: declared.latch as Json | undefined,
    mechanism: paramsToJson(params),
  };
  return Object.freeze({
    ...rest,
    id,
    expiryDay: expiryDay + 1,
    microEpsilon: params.microEpsilon,
    epoch: declared.latch?.epoch ?? declared.period,
    microEpoch,
    params,
    fingerprint: fingerprintOf(channel),
  });
}

/** @param epsilon - of one report, or of a latched metric's stored output: what lies on the device, and tells no more */
function checkEpsilon(id: string, epsilon: number, reason: string | undefined): void {
  if (epsilon > policy.maxEpsilon) {
    throw new RegistryError(
      'epsilon-too-large',
      id,
      `epsilon is at most ${policy.maxEpsilon}; ${policy.epsilonNeedingReason} is already little privacy`,
    );
  }
  if (epsilon > policy.epsilonNeedingReason && !reason?.trim()) {
    throw new RegistryError('epsilon-needs-reason', id, `epsilon above ${policy.epsilonNeedingReason} needs a reason`);
  }
}

function makeParams(id: string, declared: Declared): Params {
  const epsilon = declared.latch?.epsilonFirst ?? declared.epsilon ?? policy.defaultEpsilon;
  try {
    if (!(epsilon > 0)) throw new RegistryError('epsilon-invalid', id, 'epsilon is above 0');
    if (epsilon <= policy.maxEpsilon) microEpsilon(epsilon);
    // Beyond it is refused as too large, whatever a mechanism could do.
    else checkEpsilon(id, epsilon, declared.reason);
    const params = declared.resolve(epsilon);
    if (params.reportBytes > policy.maxBatchBytes / 2) {
      throw new RegistryError(
        'report-too-large',
        id,
        `a report would take ${params.reportBytes} bytes; take fewer values, or a mechanism with smaller reports`,
      );
    }
    return params;
  } catch (error) {
    if (!(error instanceof MechanismError)) throw error;
    throw new RegistryError(
      error.code === 'epsilon-out-of-range' ? 'epsilon-invalid' : 'mechanism-unfit',
      id,
      error.message,
    );
  }
}

/** All latched metrics of an installation share one cohort draw, renewed with each epoch. */
function checkEpochs(metrics: readonly Metric[]): void {
  const [first, ...others] = metrics.filter((metric) => metric.latch !== undefined);
  const other = others.find((metric) => metric.epoch !== first?.epoch);
  if (other !== undefined) {
    const remedy = `all latched metrics of an app have epochs of one length; ${first?.id} has ${first?.epoch} days`;
    throw new RegistryError('latch-invalid', other.id, remedy);
  }
}

/** Refuses what the budget cannot carry, with the figure and the way out. */
function checkFit(
  wire: readonly Metric[],
  budget: Budget,
  participation: 'all' | 'sampled',
): readonly ParticipationClass<Metric>[] {
  // Rounded down, but for the error of the product itself (8.2 times a million comes out below 8,200,000).
  const cap = Math.floor(budget.perWindow * MICRO + 0.001);
  for (const metric of wire) {
    const charge = chargePerWindow(metric, budget.windowDays);
    if (charge > cap) {
      throw new RegistryError(
        'metric-exceeds-budget',
        metric.id,
        `alone it spends ${charge / MICRO} per ${budget.windowDays} days and the budget is ${budget.perWindow}; lower epsilon or lengthen the period`,
      );
    }
  }
  const classes = participationClasses(wire, cap, budget.windowDays);
  const total = wire.reduce((sum, metric) => sum + chargePerWindow(metric, budget.windowDays), 0);
  if (total > cap && participation === 'all') {
    throw new RegistryError(
      'budget-exceeded',
      '',
      `all metrics together spend ${total / MICRO} per ${budget.windowDays} days and the budget is ${budget.perWindow}; declare participation: 'sampled', lengthen periods or lower epsilons`,
    );
  }
  const starved = classes.find((c) => c.cap === 0);
  if (starved !== undefined) {
    throw new RegistryError(
      'budget-exceeded',
      '',
      `nothing is left for the metrics with a period of ${starved.period} days (${starved.metrics.map((m) => m.id).join(', ')}); lengthen the shorter periods or lower epsilons`,
    );
  }
  return classes;
}
