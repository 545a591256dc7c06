import { setImmediate } from 'node:timers/promises';
import { type IndexParams, type State, uniformInt, type WordSource } from '@dither/mechanisms';
import { forgeBits, forgeSubsets } from './bits.js';
import type { DrawChoice, Forgery, Strategy, Target } from './forgery.js';
import { forgeHashed } from './hashed.js';
import { forgeOutputs, symbolOutputs } from './symbols.js';

/** One way to attack. */
export interface Attack {
  readonly strategy: Strategy;
  /** Where the mechanism has public draws and the strategy cares for them. */
  readonly draws: DrawChoice | null;
}

/** Mechanisms that are attacked here, by the strategies that differ. */
const attackable: Readonly<Record<string, readonly Strategy[]>> = {
  grr: ['maximal', 'adaptive', 'random', 'input'],
  oue: ['maximal', 'adaptive', 'random', 'input'],
  sue: ['maximal', 'adaptive', 'random', 'input'],
  'local-hashing': ['maximal', 'random', 'input'],
  // The size of a subset gives nobody away: the best is as good as an ordinary one.
  'subset-selection': ['maximal', 'random', 'input'],
  'hadamard-response': ['maximal', 'adaptive', 'random', 'input'],
  'projective-geometry': ['maximal', 'adaptive', 'random', 'input'],
};

export const attackedMechanisms: readonly string[] = Object.keys(attackable);

export function isAttacked(id: string): boolean {
  return Object.hasOwn(attackable, id);
}

/** All attacks on a mechanism. @param choices - of public draws, where it has any */
export function attacksOn({ mechanism, params }: Pick<Target, 'mechanism' | 'params'>, choices: readonly DrawChoice[]) {
  return (attackable[mechanism.id] ?? []).flatMap((strategy): readonly Attack[] =>
    strategy === 'maximal' && params.draws !== undefined
      ? choices.map((draws) => ({ strategy, draws }))
      : [{ strategy, draws: null }],
  );
}

/** @param tries - nonces that a forger tries for each report whose draw is `ground` */
export function forgeryOf(target: Target, { strategy, draws }: Attack, tries: number): Forgery {
  if (strategy === 'input') return forgeInputs(target);
  const { id } = target.mechanism;
  if (id === 'local-hashing') return forgeHashed(target, strategy, draws ?? 'assigned', tries);
  if (id === 'subset-selection') return forgeSubsets(target, strategy);
  const outputs = symbolOutputs(target);
  return outputs === undefined ? forgeBits(target, strategy) : forgeOutputs(target, outputs, strategy);
}

/** Honest reports of a target: unbiased, so that together they say one more holder each. */
function forgeInputs({ mechanism, params, values }: Target): Forgery {
  const { client } = mechanism;
  return {
    says: 1,
    forge(bytes, at, source) {
      if (!('randomize' in client)) return 0;
      const draw = uniformInt(source, params.draws ?? 1);
      const value = values[uniformInt(source, values.length)] as number;
      const report = client.randomize(params, value, source, params.draws === undefined ? undefined : draw);
      client.encode(params, report, bytes, at);
      return draw;
    },
  };
}

/** Bytes of reports made before the event loop gets a turn: some tenths of a second, and enough for the aggregator to be fast. */
const TURN_BYTES = 2 ** 20;
const TURN_REPORTS = 2 ** 16;

/** Reports of a mechanism that are made before the event loop gets a turn. */
export function reportsOfTurn({ reportBytes }: IndexParams): number {
  return Math.max(1, Math.min(TURN_REPORTS, Math.floor(TURN_BYTES / reportBytes)));
}

/**
 * Adds forged reports to a copy of a state, as a server adds the bytes that it received.
 *
 * @throws AbortError where `stop` is aborted meanwhile
 */
export async function poisoned(
  { mechanism, params }: Target,
  honest: State,
  forgery: Forgery,
  count: number,
  source: WordSource,
  stop: AbortSignal,
): Promise<State> {
  const { aggregator } = mechanism;
  const { reportBytes } = params;
  const state = aggregator.empty(params);
  aggregator.merge(params, state, honest);
  const most = Math.min(count, reportsOfTurn(params));
  const bytes = new Uint8Array(most * reportBytes);
  const draws = new Uint32Array(most);
  for (let left = count; left > 0; left -= most) {
    const now = Math.min(left, most);
    // What one report leaves in its bytes is no part of the next.
    bytes.fill(0);
    for (let i = 0; i < now; i++) draws[i] = forgery.forge(bytes, i * reportBytes, source);
    const publicDraws = params.draws === undefined ? undefined : draws.subarray(0, now);
    aggregator.accumulateAll(params, state, bytes.subarray(0, now * reportBytes), publicDraws);
    await setImmediate(undefined, { signal: stop });
  }
  return state;
}
