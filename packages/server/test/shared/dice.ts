/** Chance that comes out the same again. */
export interface Dice {
  /** A whole number in [0, sides). */
  roll(sides: number): number;
  /** True in `share` of all calls. */
  happens(share: number): boolean;
  /** One of them. */
  pick<Item>(items: readonly Item[]): Item;
}

/** A 32-bit generator (splitmix's mixing of a counter). It decides who goes first: nothing private hangs on it. */
export function dice(seed: number): Dice {
  let counter = seed;
  const next = () => {
    counter = (counter + 0x9e3779b9) | 0;
    let word = counter ^ (counter >>> 16);
    word = Math.imul(word, 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return ((word ^ (word >>> 15)) >>> 0) / 2 ** 32;
  };
  const roll = (sides: number) => Math.floor(next() * sides);
  return {
    roll,
    happens: (share) => next() < share,
    pick: <Item>(items: readonly Item[]) => items[roll(items.length)] as Item,
  };
}
