import { describe, expect, it } from 'vitest';
import { adviseTexts } from '../src/advise-text.js';
import { codeOf } from './support/ensure.js';

const PUBLISHED = { epsilonFirst: 0.972768, epsilonInfinity: 4.947052, cohorts: 64, n: 1e6 };

describe('advice on filters of texts', () => {
  it('prefers one hash and 32 bits to two hashes and 8 bits at equal epsilons', () => {
    const ranked = adviseTexts({ ...PUBLISHED, maxBytes: 5 });
    expect(ranked[0]).toMatchObject({ mechanism: 'rappor', bits: 32, hashes: 1, reportBytes: 5 });
    const published = ranked.find(({ bits, hashes }) => bits === 8 && hashes === 2);
    expect((published?.rareError ?? 0) / (ranked[0]?.rareError ?? 0)).toBeGreaterThan(1.5);
  });

  it('is ranked by standard error, but for gains of less than a hundredth', () => {
    for (const epsilonInfinity of [undefined, 4]) {
      const situation = { epsilonFirst: 1, cohorts: 64, maxBytes: 129, n: 1e5 };
      const ranked = adviseTexts(epsilonInfinity === undefined ? situation : { ...situation, epsilonInfinity });
      const errors = ranked.map(({ rareError }) => rareError);
      const least = Math.min(...errors);
      expect(errors[0]).toBeLessThanOrEqual(1.01 * least);
      const rest = errors.filter((error) => error > 1.01 * least);
      expect(rest).toEqual([...rest].sort((a, b) => a - b));
      expect(ranked[0]?.reportBytes).toBeLessThan(129);
    }
  });

  it('fits in the bytes allowed, and says when nothing does', () => {
    for (const maxBytes of [2, 3, 7, 20]) {
      const ranked = adviseTexts({ epsilonFirst: 1, cohorts: 8, maxBytes, n: 1e5 });
      expect(ranked.length).toBeGreaterThan(0);
      expect(ranked.every(({ reportBytes }) => reportBytes <= maxBytes)).toBe(true);
    }
    expect(adviseTexts({ epsilonFirst: 1, cohorts: 8, maxBytes: 1, n: 1e5 })).toEqual([]);
    expect(adviseTexts({ epsilonFirst: 1, cohorts: 1000, maxBytes: 2, n: 1e5 })).toEqual([]);
  });

  it('says why each stands where it stands', () => {
    const [first, ...others] = adviseTexts({ ...PUBLISHED, maxBytes: 17 });
    expect(first?.reason).toBe('within 1% of the least error, in the fewest bytes');
    for (const { hashes, reason } of others) {
      expect(reason).toMatch(hashes > 1 ? /epsilon is divided among/ : /collide more|no noticeable gain/);
    }
  });

  it('refuses what the mechanism refuses', () => {
    const bad = { cohorts: 64, maxBytes: 5, n: 1e5 };
    expect(codeOf(() => adviseTexts({ ...bad, epsilonFirst: 4, epsilonInfinity: 1 }))).toBe('epsilon-out-of-range');
    expect(codeOf(() => adviseTexts({ ...bad, epsilonFirst: 1, epsilonInfinity: 2, cohorts: 48 }))).toBe(
      'option-invalid',
    );
  });
});
