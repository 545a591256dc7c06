import { describe, expect, it } from 'vitest';
import { seededSource } from './support/seeded.js';
import { isRefused, scores } from './support/tree-coverage.js';
import { populations } from './support/tree-world.js';

/** False-alarm rate of this file, shared by its figures. */
const ALPHA = 0.001;
const RUNS = 400;

/** Where an interval ends at the end of the range it misses on one side only, or not at all. */
const MOST = 0.995;

const settings = Object.entries(populations).flatMap(([name, population]) =>
  [1, 2].flatMap((epsilon) => [1e4, 1e5, 1e6].map((n) => ({ name, epsilon, n, population }))),
);

describe('coverage of the 95% intervals of quantiles, mean and shares above', () => {
  it.each(settings)('$name, epsilon $epsilon, n $n', ({ name, epsilon, n, population }) => {
    const setting = { ...population, epsilon, n, quantiles: [0.5, 0.75, 0.95] };
    const found = scores(setting, RUNS, seededSource(`torture/${name}/${epsilon}/${n}`));
    const alpha = ALPHA / (settings.length * found.length);
    console.log(
      name,
      epsilon,
      n,
      found.map((score) => `${score.name} ${(score.covered / RUNS).toFixed(3)}`).join(', '),
    );
    expect(found.filter(({ covered }) => isRefused(covered, RUNS, [0.93, MOST], alpha))).toEqual([]);
  });
});
