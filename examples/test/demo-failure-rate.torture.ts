import { describe, expect, it } from 'vitest';
import { browserWith, manySmallDemos, smallDemo } from './small-demo.js';
import { swappedClient } from './swapped.js';

/**
 * The long version of demo-failure-rate.stat.test.ts. Six or more failures of 1,000 happen with probability at most
 * 1 - P[Bin(1000, .001) <= 5] = .0006 if each happens with the .001 stated.
 */
const SEEDS = 1000;
const ALLOWED = 5;

describe('the failure rate of the demo', () => {
  it(`is at most what it states, over ${SEEDS} seeds of 300 installations`, async () => {
    let failures = 0;
    for await (const { coverage, exactlyOnce, undelivered } of manySmallDemos('torture', SEEDS, 300)) {
      expect({ exactlyOnce, undelivered }).toEqual({ exactlyOnce: true, undelivered: 0 });
      if (!coverage.isPassed) failures++;
    }
    expect(failures).toBeLessThanOrEqual(ALLOWED);
  });

  it('is one when p and q are swapped, over 50 seeds of 100 installations', async () => {
    const registry = browserWith(swappedClient);
    for (let seed = 0; seed < 50; seed++) {
      const { coverage } = await smallDemo(`swapped-${seed}`, 100, registry);
      expect(coverage.isPassed, `seed ${seed}: ${coverage.covered} of ${coverage.trials} covered`).toBe(false);
    }
  });
});
