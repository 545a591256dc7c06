import { describe, expect, it } from 'vitest';
import * as broken from './broken.js';
import { play, type Variant, type Violation } from './model.js';

/** All that may happen, happens in as many plays. */
const PLAYS = 150;
/** What is rarest of what must be caught is seen in one of a hundred. */
const MOST_PLAYS = 1500;

const seeds = (plays: number) => Array.from({ length: plays }, (_, i) => i + 1);

/** The first seed in which the variant does that, or undefined. */
async function findViolation(variant: Variant, violation: Violation): Promise<number | undefined> {
  for (const seed of seeds(MOST_PLAYS)) if ((await play(seed, variant)).violations.has(violation)) return seed;
  return undefined;
}

describe('several servers over one database', () => {
  it('count every batch once and lose none, whatever fails and whoever goes first', async () => {
    const events = new Map<string, number>();
    for (const seed of seeds(PLAYS)) {
      const played = await play(seed);
      expect([...played.violations], `seed ${seed}`).toEqual([]);
      for (const [event, times] of played.events) events.set(event, times + (events.get(event) ?? 0));
    }
    // Plays in which nothing happens prove nothing; nonces that are inserted in order never deadlock.
    expect([...events.keys()].sort()).toEqual([
      'accepted',
      'begin lost-before',
      'commit lost-after',
      'commit lost-before',
      'commit lost-during',
      'commit serialization-failure',
      'duplicate',
      'skipped',
      'statement lost-after',
      'statement lost-before',
      'statement lost-during',
      'statement serialization-failure',
      'too-old',
      'unavailable',
      'waited',
    ]);
  });

  it('do the same again from the same seed', async () => {
    const [first, second, other] = [await play(1), await play(1), await play(2)];
    expect(second).toEqual(first);
    expect(other).not.toEqual(first);
  });

  const wrong: readonly (readonly [what: string, variant: Variant, violation: Violation])[] = [
    ['acknowledge a commit nobody knows the outcome of', { Node: broken.AcknowledgingUnknown }, 'not-durable'],
    ['stop after such a commit', { Node: broken.StoppingWhenUnknown }, 'fatal'],
    ['count in another transaction than the nonces', { Node: broken.CountingFirst }, 'counted-twice'],
    ['ignore which nonces were inserted', { Node: broken.IgnoringReturned }, 'counted-twice'],
    ['do not hold the watermark', { Node: broken.NotHolding }, 'counted-twice'],
    ['refuse a day that is remembered', { Node: broken.RefusingEarly }, 'too-old'],
    ['know a day before it is committed', { Node: broken.KnowingTooEarly }, 'unknown-day'],
    ['read counters and deltas one after the other', { Node: broken.ReadingTwice }, 'torn-read'],
    ['delete deltas that were not added', { Compactor: broken.DeletingAll }, 'lost'],
    ['add deltas that were not locked', { Compactor: broken.TakingUnlocked }, 'counted-twice'],
    ['add to counters that were not locked', { Compactor: broken.AddingUnlocked }, 'foreign'],
  ];
  for (const [what, variant, violation] of wrong) {
    it(`are caught if they ${what}`, async () => {
      expect(await findViolation(variant, violation)).toBeDefined();
    });
  }
});
