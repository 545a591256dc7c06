import { boolean, count, defineRegistry, text } from '@dither/sdk';
import { oneBitMean, rr } from '@dither/sdk/mechanisms';
import fc from 'fast-check';
import { expect } from 'vitest';
import { traced } from './latched.js';
import { live, type Variant } from './model.js';
import { type Action, actions } from './model-actions.js';
import { about } from './registry.js';

const clicks = count({ ...about, mechanism: oneBitMean, epsilon: 0.25, clamp: 20 });

/** Two latched texts; with `maxLength` the first is another declaration. */
function texts(epoch: number, maxLength: number) {
  const latch = { epsilonFirst: 0.1, epsilonInfinity: 0.3, epoch };
  return {
    homepage: text({ ...about, mechanism: traced, latch, maxLength }),
    search: text({ ...about, mechanism: traced, latch }),
  };
}

const older = defineRegistry({
  app: 'org.example.model',
  expectedClients: 100,
  budget: { perWindow: 18, lifetime: 20 },
  metrics: { crash: boolean({ ...about, mechanism: rr, epsilon: 0.25 }), clicks, ...texts(4, 30) },
});

/** Costs more, counts one metric dearer, and has one metric more. */
const newer = (epoch: number) =>
  defineRegistry({
    app: 'org.example.model',
    expectedClients: 100,
    budget: { perWindow: 33, lifetime: 25 },
    metrics: {
      crash: boolean({ ...about, mechanism: rr, epsilon: 0.5 }),
      clicks,
      extra: boolean({ ...about, mechanism: rr, period: 7, epsilon: 0.5 }),
      ...texts(epoch, 20),
    },
  });

/** Pairs of versions; the newer one of the first pair shares a latched metric with the older one, that of the second none. */
const pairs = [
  [older, newer(4)],
  [older, newer(6)],
] as const;

/** A history of an installation: versions, actions, seed. */
const histories: readonly [fc.Arbitrary<(typeof pairs)[number]>, fc.Arbitrary<Action[]>, fc.Arbitrary<number>] = [
  fc.constantFrom(...pairs),
  actions,
  fc.nat(),
];

/** The property: whatever happens, nothing that was promised is broken. */
export const keepsEveryPromise = (variant?: Variant) =>
  fc.asyncProperty(...histories, async (pair, all, seed) => {
    expect((await live(pair, all, String(seed), variant)).faults).toEqual([]);
  });

/** What is recorded at each event, as different as it can be. */
export const habits = {
  'short texts': (event: number, isText: boolean) => [isText ? 'x'.repeat(1 + (event % 40)) : undefined],
  'one long text': (_event: number, isText: boolean) => [isText ? '世'.repeat(40) : undefined],
  'many events': (event: number, isText: boolean) =>
    [0, 1, 2].map((i) => (isText ? `${event + i}.example` : undefined)),
  mistakes: () => [Number.NaN, {}, ''],
  nothing: () => [],
} as const;

export type Habit = keyof typeof habits;

/** Habits that write as often: a disk that fails at some write fails both at the same. */
const ALIKE: readonly Habit[] = ['one long text', 'many events'];

/** The property: what is recorded changes neither how many messages there are, nor their sizes, nor their times. */
export const tellsNothing = (others: readonly Habit[], variant?: Variant) =>
  fc.asyncProperty(fc.constantFrom(...others), ...histories, async (other, pair, history, seed) => {
    const isTimed = ({ type }: Action) => type !== 'fail' && type !== 'crash';
    const all = ALIKE.includes(other) ? history : history.filter(isTimed);
    const seen = async (habit: Habit) => {
      const life = await live(pair, all, String(seed), { ...variant, events: habits[habit], isComparable: true });
      return life.messages.map(({ at, bytes }) => [at, bytes.length]);
    };
    expect(await seen(other)).toEqual(await seen('short texts'));
  });
