import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { sampleBinomial, sampleMultinomial } from './support/binomial-sampler.js';
import { chiSquareTail } from './support/chi-square.js';
import { binomial } from './support/coverage.js';

/** False-alarm rate of each test below. */
const ALPHA = 1e-4;

const DRAWS = 20_000;

/** Chi-square of draws against the exact law, cells of at least twenty expected draws. */
function tailOf(draw: () => number, n: number, p: number): number {
  const { from, mass } = binomial(n, p);
  const seen = new Float64Array(mass.length);
  let outside = 0;
  for (let i = 0; i < DRAWS; i++) {
    const at = draw() - from;
    if (at >= 0 && at < seen.length) seen[at] = (seen[at] as number) + 1;
    else outside++;
  }
  let [statistic, cells, expected, observed] = [0, 0, 0, outside];
  const close = (): void => {
    statistic += (observed - expected) ** 2 / expected;
    cells++;
    [expected, observed] = [0, 0];
  };
  mass.forEach((x, i) => {
    expected += DRAWS * x;
    observed += seen[i] as number;
    if (expected >= 20) close();
  });
  if (expected > 1) close();
  return chiSquareTail(statistic, cells - 1);
}

describe('the binomial sampler of simulated counts', () => {
  it.each([
    [12, 0.3],
    [40, 0.9],
    [100, 0.25],
    [5000, 0.61],
    [200_000, 0.004],
  ])('follows Bin(%d, %d)', (n, p) => {
    const uniform = seedrandom(`${n}/${p}`);
    expect(tailOf(() => sampleBinomial(uniform, n, p), n, p)).toBeGreaterThan(ALPHA);
  });

  it('would fail with another law', () => {
    const uniform = seedrandom('other');
    expect(tailOf(() => sampleBinomial(uniform, 5000, 0.612), 5000, 0.61)).toBeLessThan(ALPHA);
  });

  it('shares a whole among cells', () => {
    const cells = sampleMultinomial(seedrandom('cells'), 1000, [0.2, 0.5, 0.3]);
    expect(cells.reduce((sum, x) => sum + x, 0)).toBe(1000);
  });
});
