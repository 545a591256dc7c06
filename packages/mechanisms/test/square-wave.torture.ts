import { describe, expect, it } from 'vitest';
import { seededSource } from './support/seeded.js';
import { incredible, missesOf } from './support/wave-coverage.js';
import { shapes } from './support/wave-world.js';

/** False-alarm rate of each count of misses; there are 252. An interval that misses .16 of the time is refused with a probability of .98. */
const ALPHA = 1e-6;

const RUNS = 400;

const settings = (Object.keys(shapes) as (keyof typeof shapes)[]).flatMap((shape) =>
  [1, 2, 4].flatMap((epsilon) => [1000, 100_000, 1_000_000].map((n) => ({ shape, epsilon, n }))),
);

describe('95% intervals over 400 runs', () => {
  it.each(settings)('cover for %o', (setting) => {
    const { shape, epsilon, n } = setting;
    const source = seededSource(`torture/${shape}/${epsilon}/${n}`);
    const misses = missesOf({ ...setting, cells: 128, withEvent: 0.7 }, RUNS, source);
    expect(incredible(misses, RUNS, ALPHA)).toEqual([]);
  });
});
