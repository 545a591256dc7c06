import { setImmediate } from 'node:timers/promises';
import { type FrequencyMechanism, type IndexParams, ifForged, type State } from '@dither/mechanisms';
import type { Sources } from '../seeded.js';
import { type Detector, detectorsOf, type Window } from './detectors.js';
import { type Attack, attacksOn, forgeryOf, poisoned } from './forge.js';
import type { DrawChoice, Forgery, Target } from './forgery.js';
import { honestWindows } from './honest.js';

export interface AttackOptions {
  readonly mechanism: FrequencyMechanism;
  readonly params: IndexParams;
  /** True shares of the honest installations; they are the same in all windows. */
  readonly shares: ArrayLike<number>;
  /** Values whose shares are to seem larger. */
  readonly targets: readonly number[];
  /** Honest installations of a window. */
  readonly clients: number;
  /** Shares of all reports that are forged, each in (0, 1). */
  readonly forged: readonly number[];
  readonly draws: readonly DrawChoice[];
  /** Nonces tried for each report whose draw is `ground`. */
  readonly tries: number;
  readonly repetitions: number;
  /** At which a detector speaks up although nothing is forged. */
  readonly alpha: number;
  readonly sources: Sources;
}

/** Of one attack with one share of forged reports. */
export interface AttackPoint {
  readonly share: number;
  /** Reports forged. */
  readonly reports: number;
  /** What the estimates of the targets gained together, on average, and the standard error of that. */
  readonly gain: number;
  readonly standardError: number;
  /** The same in closed form: share times what a forged report says, less what an honest one does. */
  readonly expected: number;
  /** What `ifForged` says of the estimates that came out: no forgery can have gained more. */
  readonly worst: number;
  /** Repetitions in which gain was above that: none. */
  readonly aboveWorst: number;
  /** How often each detector spoke up. */
  readonly detected: Readonly<Record<string, number>>;
}

export interface AttackResult extends Attack {
  readonly points: readonly AttackPoint[];
}

export interface AttackOutcome {
  /** Repetitions done: fewer than asked for where somebody stopped it. */
  readonly repetitions: number;
  readonly detectors: readonly Detector[];
  /** How often each detector spoke up on windows without forged reports. */
  readonly falseAlarms: Readonly<Record<string, number>>;
  readonly results: readonly AttackResult[];
}

/** Of one case in one repetition. */
interface Found {
  readonly gain: number;
  readonly worst: number;
  /** Names of the detectors that spoke up. */
  readonly seen: readonly string[];
}

/** Sums over repetitions. */
interface Sums {
  gain: number;
  squares: number;
  worst: number;
  aboveWorst: number;
  readonly detected: Map<string, number>;
}

/** One attack with one share of forged reports. */
interface Case {
  readonly attack: Attack;
  readonly target: Target;
  readonly reports: number;
  readonly forgery: Forgery;
  readonly sums: Sums;
}

const noSums = (): Sums => ({ gain: 0, squares: 0, worst: 0, aboveWorst: 0, detected: new Map() });

/** Reports forged beside honest ones, so that they are such a share of all. */
export function forgedReports(clients: number, share: number): number {
  return Math.round((clients * share) / (1 - share));
}

/** Rounding between two sums of estimates. */
const ROUNDING = 1e-9;

/**
 * Attacks a metric. Each repetition has two windows of the same honest installations, drawn anew; to the later one the reports of every
 * attack are added, as the bytes that a server would get, by the aggregator that it has.
 *
 * @param onProgress - told how many repetitions are done
 */
export async function simulateAttacks(
  options: AttackOptions,
  stop: AbortSignal,
  onProgress: (done: number) => void,
): Promise<AttackOutcome> {
  const { mechanism, params, targets, forged, alpha, sources, repetitions } = options;
  const attacks = attacksOn(options, options.draws);
  const targetAt = (share: number): Target => ({ mechanism, params, values: targets, share });
  const detectors = detectorsOf(targetAt(0));
  const windows = honestWindows(targetAt(0), options.shares);
  const cases: Case[] = [];
  for (const attack of attacks) {
    for (const share of forged) {
      if (stop.aborted) break;
      const target = targetAt(share);
      const reports = forgedReports(options.clients, share);
      cases.push({ attack, target, reports, forgery: forgeryOf(target, attack, options.tries), sums: noSums() });
      await setImmediate();
    }
  }
  const quantities = mechanism.aggregator.quantities(params);
  const reach = targets.map((value) => quantities[value]?.reach ?? ([0, 0] as const));
  const alarms = new Map<string, number>();
  const read = (state: State): Window => ({ state, estimates: mechanism.aggregator.estimate(params, state) });

  /** All of one repetition, or nothing: what is stopped half-way counts for no case. */
  const repeat = async (repetition: number): Promise<readonly Found[]> => {
    const before = read((await windows(options.clients, sources(`before/${repetition}`), stop)).state);
    const honest = read((await windows(options.clients, sources(`honest/${repetition}`), stop)).state);
    const found: Found[] = [{ gain: 0, worst: 0, seen: spokeUp(detectors, alpha, honest, before) }];
    for (const [i, { target, reports, forgery }] of cases.entries()) {
      await setImmediate(undefined, { signal: stop });
      const source = sources(`forged/${repetition}/${i}`);
      const window = read(await poisoned(target, honest.state, forgery, reports, source, stop));
      const seen = spokeUp(detectors, alpha, window, before);
      found.push({ ...gainOf(options, reach, honest, window, reports), seen });
    }
    return found;
  };

  let done = 0;
  for (; done < repetitions && !stop.aborted; done++) {
    const found = await repeat(done).catch((error: unknown) => {
      if (stop.aborted) return undefined;
      throw error;
    });
    if (found === undefined) break;
    const [honest, ...forgeries] = found as [Found, ...Found[]];
    count(alarms, honest.seen);
    for (const [i, { sums }] of cases.entries()) {
      const { gain, worst, seen } = forgeries[i] as Found;
      sums.gain += gain;
      sums.squares += gain * gain;
      sums.worst += worst;
      if (gain > worst + ROUNDING) sums.aboveWorst++;
      count(sums.detected, seen);
    }
    onProgress(done + 1);
  }

  const ofDone = (counts: ReadonlyMap<string, number>) =>
    Object.fromEntries(detectors.map(({ name }) => [name, (counts.get(name) ?? 0) / done]));
  const held = targets.reduce((sum, value) => sum + (options.shares[value] as number), 0);
  return {
    repetitions: done,
    detectors,
    falseAlarms: ofDone(alarms),
    results: attacks.map((attack) => ({
      ...attack,
      points: cases
        .filter((each) => each.attack === attack)
        .map(({ reports, forgery, sums: { gain, squares, worst, aboveWorst, detected } }) => {
          const share = reports / (reports + options.clients);
          const mean = gain / done;
          return {
            share,
            reports,
            gain: mean,
            standardError: Math.sqrt(Math.max(0, squares / done - mean * mean) / Math.max(1, done - 1)),
            expected: share * (forgery.says - held),
            worst: worst / done,
            aboveWorst,
            detected: ofDone(detected),
          };
        }),
    })),
  };
}

function count(counts: Map<string, number>, names: readonly string[]): void {
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** Names of the detectors that speak up. */
function spokeUp(detectors: readonly Detector[], alpha: number, window: Window, before: Window): readonly string[] {
  return detectors.filter(({ pValue }) => pValue(window, before) <= alpha).map(({ name }) => name);
}

/** What the targets gained together, and the most that `ifForged` allows. */
function gainOf(
  { targets }: AttackOptions,
  reach: readonly (readonly [number, number])[],
  honest: Window,
  window: Window,
  reports: number,
): Pick<Found, 'gain' | 'worst'> {
  const share = reports / window.state.n;
  let gain = 0;
  let worst = 0;
  for (const [i, value] of targets.entries()) {
    const [was, is] = [honest.estimates[value], window.estimates[value]];
    if (was === undefined || is === undefined) continue;
    gain += is.value - was.value;
    worst += is.value - ifForged(is, reach[i] ?? [0, 0], share, window.state.n).low;
  }
  return { gain, worst };
}
