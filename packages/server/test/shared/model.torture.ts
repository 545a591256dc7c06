import { expect, it } from 'vitest';
import { play } from './model.js';

const PLAYS = 20_000;

it('several servers over one database count every batch once and lose none, in 20,000 plays', async () => {
  for (let seed = 1; seed <= PLAYS; seed++) {
    const { violations } = await play(seed);
    expect([...violations], `seed ${seed}`).toEqual([]);
  }
});
