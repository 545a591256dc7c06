import { describe, expect, it } from 'vitest';
import { browserWith, manySmallDemos, smallDemo } from './small-demo.js';
import { swappedClient } from './swapped.js';

/**
 * The demo states that correct intervals fail its coverage test with probability at most .001. Over 8 seeds two or
 * more failures then happen with probability at most 1 - P[Bin(8, .001) <= 1] = .00003: the false-alarm rate of this
 * test, were its seeds not fixed. Everything else the demo asserts is not a matter of chance and must hold every time.
 * The long version is demo-failure-rate.torture.ts.
 */
const SEEDS = 8;
const ALLOWED = 1;
const CLIENTS = 100;

describe('the failure rate of the demo', () => {
  it(`is at most what it states, over ${SEEDS} seeds`, async () => {
    let failures = 0;
    for await (const { coverage, exactlyOnce, undelivered } of manySmallDemos('rate', SEEDS, CLIENTS)) {
      expect({ exactlyOnce, undelivered, alpha: coverage.alpha }).toEqual({
        exactlyOnce: true,
        undelivered: 0,
        alpha: 0.001,
      });
      // Fifteen metrics with two windows each, and one whose windows are of one epoch.
      expect(coverage.trials).toBe(31);
      if (!coverage.isPassed) failures++;
    }
    expect(failures).toBeLessThanOrEqual(ALLOWED);
  });

  it('is one when p and q are swapped', async () => {
    const registry = browserWith(swappedClient);
    for (let seed = 0; seed < 2; seed++) {
      const { coverage, isPassed } = await smallDemo(`swapped-${seed}`, CLIENTS, registry);
      expect(coverage.isPassed, `seed ${seed}: ${coverage.covered} of ${coverage.trials} covered`).toBe(false);
      expect(isPassed).toBe(false);
    }
  });
});
