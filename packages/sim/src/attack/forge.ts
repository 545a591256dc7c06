import { type State, uniformInt, type WordSource } from '@dither/mechanisms';
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

/** Adds forged reports to a copy of a state, as a server adds the bytes that it received. */
export function poisoned(
  { mechanism, params }: Target,
  honest: State,
  forgery: Forgery,
  count: number,
  source: WordSource,
) {
  const { aggregator } = mechanism;
  const bytes = new Uint8Array(count * params.reportBytes);
  const draws = new Uint32Array(count);
  for (let i = 0; i < count; i++) draws[i] = forgery.forge(bytes, i * params.reportBytes, source);
  const state = aggregator.empty(params);
  aggregator.merge(params, state, honest);
  aggregator.accumulateAll(params, state, bytes, params.draws === undefined ? undefined : draws);
  return state;
}
