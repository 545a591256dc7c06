import { setImmediate } from 'node:timers/promises';
import { uniformInt } from '@dither/mechanisms';
import { policy } from '../policy.js';
import type { Sources } from '../seeded.js';
import { type Evidence, evidenceOf } from './evidence.js';
import { type Histories, historyOf, mostHeld } from './histories.js';
import { type Device, messagesOf } from './installation.js';
import type { Reader } from './reader.js';

/** A way to report that is attacked. */
export interface Target {
  readonly name: string;
  readonly device: Device;
  readonly reader: Reader;
}

export interface AttackOptions {
  readonly targets: readonly Target[];
  readonly histories: Histories;
  readonly periods: number;
  /** Installations whose messages are looked at, at most. */
  readonly clients: number;
  readonly sources: Sources;
  readonly stop: AbortSignal;
  readonly onProgress: (done: number) => void;
}

/** Shares of installations whose value was guessed, after so many reports. */
export interface Guessed {
  readonly reports: number;
  /** By the most likely value; by the most probable one, for whoever knows how common each is. */
  readonly likeliest: number | null;
  readonly mostProbable: number | null;
}

/** Shares of installations of which the attacker says that their value changed; null of none. */
export interface ChangesSeen {
  /** Of those whose value never changed: the threshold is set for `policy.longitudinal.alpha`, on others like them. */
  readonly falseAlarms: number | null;
  /** Of the same, had each taken somebody else's value half-way. */
  readonly halfway: number | null;
  /** Of those whose value changed in the file. */
  readonly real: number | null;
}

export interface Attacked {
  readonly name: string;
  readonly guesses: readonly Guessed[];
  readonly changes: ChangesSeen;
}

export interface AttackResult {
  readonly clients: number;
  /** Share of the value that most of these installations held most often: what a blind guess is right about. */
  readonly mostCommon: number;
  /** How many of these installations changed their value, and how often in all. */
  readonly changing: number;
  readonly changes: number;
  readonly attacked: readonly Attacked[];
}

/** Numbers of reports after which the value is guessed: 1, 2, 4, .. and all. */
function moments(periods: number): readonly number[] {
  const powers = Array.from({ length: Math.ceil(Math.log2(periods)) }, (_, i) => 2 ** i);
  return [...powers, periods];
}

/** Installations that are attacked so many at a time, before the event loop has a turn. */
const BLOCK = 64;

/**
 * Attacks installations by all their messages of `periods` reports, through the randomizers that an app ships.
 * @returns what was done when it was stopped: whole targets
 */
export async function attack(options: AttackOptions): Promise<AttackResult> {
  const { targets, periods, sources, stop, onProgress } = options;
  const values = options.histories.values.length;
  const held = chosen(options).map((row) => historyOf(row, periods));
  const truths = held.map((history) => mostHeld(history, values));
  const shares = sharesOf(truths, values);
  const isChanged = held.map((history) => history.some((value) => value !== history[0]));
  const attacked: Attacked[] = [];
  let done = 0;

  const evidence = async (
    target: Target,
    what: string,
    all: readonly Uint16Array[],
  ): Promise<Evidence[] | undefined> => {
    const { device, reader } = target;
    const source = sources(`attack ${target.name} ${what}`);
    const reading = {
      reader,
      prior: shares.map(Math.log),
      together: device.rule === 'fresh' ? 1 : device.rule === 'latched' ? device.reports : periods,
      isMemo: device.rule === 'memo',
      moments: moments(periods),
      maxCuts: policy.longitudinal.maxCuts,
    };
    const found: Evidence[] = [];
    for (const history of all) {
      if (found.length % BLOCK === 0) {
        onProgress(done);
        await setImmediate();
        if (stop.aborted) return undefined;
      }
      found.push(evidenceOf(messagesOf(device, history, source), reading));
      done++;
    }
    return found;
  };

  const constant = held.map((history) => new Uint16Array(periods).fill(history[0] as number));
  const halfway = constant.map((history, i) => {
    const other =
      constant.find((next, j) => j > i && next[0] !== history[0]) ?? constant.find((next) => next[0] !== history[0]);
    return other === undefined
      ? undefined
      : history.map((value, at) => (at < periods / 2 ? value : (other[at] as number)));
  });
  for (const target of targets) {
    const real = await evidence(target, 'as held', held);
    const same = await evidence(target, 'never changed', constant);
    const changed = await evidence(
      target,
      'changed half-way',
      halfway.filter((history) => history !== undefined),
    );
    if (real === undefined || same === undefined || changed === undefined) break;
    const alarm = alarmOf(same.filter((_, i) => i % 2 === 0));
    const changing = real.filter((_, i) => isChanged[i]);
    attacked.push({
      name: target.name,
      guesses: moments(periods).map((reports, moment) => ({
        reports,
        likeliest: share(real.map(({ likeliest }, i) => likeliest[moment] === truths[i])),
        mostProbable: share(real.map(({ mostProbable }, i) => mostProbable[moment] === truths[i])),
      })),
      changes: {
        falseAlarms: share(same.filter((_, i) => i % 2 === 1).map(alarm)),
        halfway: share(changed.map(alarm)),
        real: share(changing.map(alarm)),
      },
    });
  }
  return {
    clients: held.length,
    mostCommon: shares.reduce((most, x) => Math.max(most, x), 0),
    changing: isChanged.filter(Boolean).length,
    changes: held.reduce(
      (sum, history) =>
        sum + history.reduce((own, value, at) => own + (at > 0 && value !== history[at - 1] ? 1 : 0), 0),
      0,
    ),
    attacked,
  };
}

/** Rows of the file, each at most once, in an order drawn by lot. */
function chosen({ histories: { rows }, clients, sources }: AttackOptions): readonly Uint16Array[] {
  const source = sources('attacked installations');
  const order = [...rows];
  const count = Math.min(clients, order.length);
  for (let i = 0; i < count; i++) {
    const j = i + uniformInt(source, order.length - i);
    [order[i], order[j]] = [order[j] as Uint16Array, order[i] as Uint16Array];
  }
  return order.slice(0, count);
}

function sharesOf(truths: readonly number[], values: number): Float64Array {
  const counts = new Float64Array(values);
  for (const truth of truths) counts[truth] = (counts[truth] as number) + 1;
  return counts.map((count) => count / truths.length);
}

function share(those: readonly boolean[]): number | null {
  return those.length === 0 ? null : those.filter(Boolean).length / those.length;
}

/**
 * Says of an installation that its value changed where one of two figures is larger than it is for all but `alpha` / 2 of
 * installations whose value never did: how much a change at one moment explains, and how badly no change explains.
 */
function alarmOf(unchanged: readonly Evidence[]): (evidence: Evidence) => boolean {
  const level = (figures: readonly number[]) => {
    const sorted = Float64Array.from(figures).sort();
    return sorted[Math.ceil(sorted.length * (1 - policy.longitudinal.alpha / 2)) - 1] ?? Number.POSITIVE_INFINITY;
  };
  const split = level(unchanged.map((one) => one.split));
  const misfit = level(unchanged.map((one) => one.misfit));
  return (one) => one.split > split || one.misfit > misfit;
}
