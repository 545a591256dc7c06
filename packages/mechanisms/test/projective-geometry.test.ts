import { expBelow, lnAbove, ratio, threshold, toNumber } from '@dither/mechanisms';
import {
  aggregator,
  channel,
  client,
  type ProjectiveGeometryParams,
  params,
} from '@dither/mechanisms/projective-geometry';
import { describe, expect, it } from 'vitest';
import { differenceSet } from '../src/field/difference-set.js';
import { projectiveSpace } from '../src/field/projective-space.js';
import { codeOf } from './support/ensure.js';
import { cutsOf, exactLaw } from './support/exact-law.js';
import { countingSource, seededSource } from './support/seeded.js';

const ONE = 1n << 64n;

/** Params over a space of choice, which `params` would not always choose: as many values as it has points, but at most 12. */
function over(order: number, dimension: number, epsilon: number): ProjectiveGeometryParams {
  const space = projectiveSpace(order, dimension);
  const odds = expBelow(BigInt(Math.round(epsilon * 1e6)), 1_000_000n) - (1n << 96n);
  const kept = odds * BigInt(space.weight);
  return {
    ...params({ epsilon, domainSize: 2 }),
    domainSize: Math.min(12, space.points),
    space,
    hyperplane: differenceSet(space),
    keep: threshold((ONE * kept) / (kept + (1n << 96n) * BigInt(space.points))),
  };
}

function rareVariance(p: ProjectiveGeometryParams): number {
  const shares = new Array<number>(p.domainSize).fill(0);
  shares[p.domainSize - 1] = 1;
  return aggregator.variance(p, shares, 1)[0] as number;
}

/** For two values: their estimates' mean and variance from one report of the first, over all reports. */
function moments(p: ProjectiveGeometryParams, value: number): { mean: number; variance: number }[] {
  const known = [...channel.reports(p)].map((report) => {
    const state = aggregator.empty(p);
    aggregator.accumulate(p, state, report);
    return { chance: toNumber(channel.likelihood(p, value, report)), estimates: aggregator.estimate(p, state) };
  });
  return Array.from({ length: p.domainSize }, (_, other) => {
    const each = known.map(({ chance, estimates }) => [chance, estimates[other]?.value as number] as const);
    const mean = each.reduce((sum, [chance, x]) => sum + chance * x, 0);
    return { mean, variance: each.reduce((sum, [chance, x]) => sum + chance * (x - mean) ** 2, 0) };
  });
}

describe('projective geometry response', () => {
  for (const order of [2, 3, 4, 5, 7, 8, 9]) {
    it(`over the field of ${order} has no bias, its variance and its epsilon, by enumeration`, () => {
      const p = over(order, 3, 1);
      const variances = [0, 1].map((share) => {
        const shares = new Array<number>(p.domainSize).fill((1 - share) / (p.domainSize - 1));
        shares[0] = share;
        return aggregator.variance(p, shares, 1)[0] as number;
      });
      for (const value of [0, 1, p.domainSize - 1]) {
        moments(p, value).forEach(({ mean, variance }, other) => {
          expect(mean).toBeCloseTo(Number(other === value), 10);
          expect(variance / (variances[Number(other === value)] as number)).toBeCloseTo(1, 10);
        });
        const sum = [...channel.reports(p)].reduce((all, report) => {
          const { numerator, denominator } = channel.likelihood(p, value, report);
          expect(denominator).toBe(ONE * BigInt(p.space.weight * p.space.points));
          return all + numerator;
        }, 0n);
        expect(sum).toBe(ONE * BigInt(p.space.weight * p.space.points));
      }
      const likelihoods = [...channel.reports(p)].map((report) => channel.likelihood(p, 1, report).numerator);
      const [least, most] = [...likelihoods]
        .sort((a, b) => (a < b ? -1 : 1))
        .filter((_, i, all) => i % (all.length - 1) === 0);
      expect(channel.effectiveEpsilon(p)).toBe(lnAbove(most as bigint, least as bigint));
      expect(channel.effectiveEpsilon(p)).toBeLessThanOrEqual(1);
      expect(channel.effectiveEpsilon(p)).toBeGreaterThan(1 - 1e-13);
    });
  }

  it('is seen to be biased by this enumeration with arithmetic modulo 4 in place of the field of 4', () => {
    const p = over(4, 3, 1);
    const { points } = p.space;
    for (let number = 1; number < 64; number++) {
      const sequence = [0, 0, 1];
      for (let i = 0; i + 3 < points; i++) {
        const terms = [0, 1, 2].map((place) => (number >> (2 * place)) * (sequence[i + place] as number));
        sequence.push(terms.reduce((sum, term) => sum + term, 0) % 4);
      }
      const members = sequence.flatMap((element, i) => (element === 0 ? [i] : []));
      const hyperplane = {
        ...p.hyperplane,
        weight: members.length,
        member: (index: number) => members[index] as number,
        has: (residue: number) => members.includes(residue),
      };
      const biases = moments({ ...p, hyperplane }, 0).map(({ mean }, other) => Math.abs(mean - Number(other === 0)));
      expect(Math.max(...biases)).toBeGreaterThan(0.01);
    }
  });

  it('sends exactly what the channel says, over all sequences of words', () => {
    const p = { ...over(2, 3, 1), keep: threshold(0x9e37_79b9n << 32n) };
    const picks = seededSource('projective-geometry/law');
    const pick = (size: number) => Math.floor((picks.next() / 2 ** 32) * size);
    const moduli = [p.space.weight, p.space.points];
    const looks = { cuts: cutsOf(p, moduli), moduli, lanes: 0, thresholds: [] };
    const law = exactLaw((source) => String(client.randomize(p, 1, source)), looks, pick, 4);
    for (const report of channel.reports(p)) {
      const mass = law.results.get(String(report)) ?? 0n;
      const { numerator, denominator } = channel.likelihood(p, 1, report);
      expect(mass * denominator).toBeLessThanOrEqual(numerator * law.unit);
      expect(numerator * law.unit).toBeLessThanOrEqual((mass + law.unresolved) * denominator);
    }
    // Two of a rejection, which is one word in 2^30, and a tie of the threshold.
    expect(law.unresolved).toBeLessThan(law.unit >> 57n);
  });

  it('draws three words whichever point it sends', () => {
    const p = params({ epsilon: 1, domainSize: 1024 });
    const source = countingSource(seededSource('projective-geometry/words'));
    for (let i = 1; i <= 500; i++) {
      client.randomize(p, i, source);
      expect(source.drawn).toBe(3 * i);
    }
  });

  it('sends points on the line of value 0 only where it keeps the truth, for every value', () => {
    const p = { ...over(3, 3, 16), keep: threshold(ONE - 1n) };
    const source = seededSource('projective-geometry/kept');
    for (let i = 0; i < 200; i++) {
      const report = client.randomize(p, i % 12, source);
      expect(p.hyperplane.has((report + (i % 12)) % 13)).toBe(true);
      expect(report).toBeGreaterThanOrEqual(0);
    }
  });
});

/** Whether no two different primes divide it. */
function isPrimePower(n: number): boolean {
  const prime = Array.from({ length: n - 1 }, (_, i) => i + 2).find((d) => n % d === 0) as number;
  return prime ** Math.round(Math.log(n) / Math.log(prime)) === n;
}

/** Up to twice the largest domain asked for below: a line over more is longer than it need be. */
const ORDERS = Array.from({ length: 599 }, (_, i) => i + 2).filter(isPrimePower);

/** K and the rare-value variance of every space with at least k points. */
function allSpaces(epsilon: number, k: number): { points: number; variance: number }[] {
  const e = Math.exp(epsilon);
  const found: { points: number; variance: number }[] = [];
  for (const order of ORDERS) {
    for (let t = 2; ; t++) {
      const [points, c, c2] = [t, t - 1, t - 2].map((i) => (order ** i - 1) / (order - 1)) as [number, number, number];
      if (points > 2 ** 22) break;
      if (points < k) continue;
      const z = (e - 1) * c + points;
      const [p, q] = [(e * c) / z, ((e - 1) * c2 + c) / z];
      found.push({ points, variance: (q * (1 - q)) / (p - q) ** 2 });
    }
  }
  return found;
}

describe('the space of projective geometry response', () => {
  it('is the smallest of those whose variance is within a thousandth of the least, of all prime powers', () => {
    for (const k of [2, 5, 16, 128, 300]) {
      for (const epsilon of [0.01, 0.25, 0.5, 1, 1.5, 2, 3, 4, 6]) {
        const spaces = allSpaces(epsilon, k);
        const least = Math.min(...spaces.map(({ variance }) => variance));
        const near = spaces.filter(({ variance }) => variance <= 1.001 * least);
        const p = params({ epsilon, domainSize: k });
        expect([k, epsilon, p.space.points]).toEqual([k, epsilon, Math.min(...near.map(({ points }) => points))]);
      }
    }
  });

  it('is over the fields of 4 and 8 where these are best, with the error of OUE in two bytes', () => {
    const found = [
      [1, 1024],
      [2, 1024],
      [4, 1024],
      [1, 65_536],
      [2, 65_536],
      [4, 65_536],
    ].map(([epsilon = 1, domainSize = 2]) => {
      const p = params({ epsilon, domainSize });
      const oue = (4 * Math.exp(epsilon)) / (Math.exp(epsilon) - 1) ** 2;
      return [p.space.order, p.space.points, p.reportBytes, Number((rareVariance(p) / oue).toFixed(3))];
    });
    expect(found).toEqual([
      [4, 1365, 2, 1.001],
      [8, 4681, 2, 1],
      [53, 2863, 2, 0.991],
      [4, 87_381, 3, 1.002],
      [9, 66_430, 3, 1.002],
      [53, 151_740, 3, 1],
    ]);
  });

  it('is a line, on which this is GRR, for few values', () => {
    const p = params({ epsilon: 2, domainSize: 8 });
    expect(p.space).toMatchObject({ order: 7, dimension: 2, points: 8, weight: 1, overlap: 0 });
    const e = Math.exp(2);
    expect(rareVariance(p)).toBeCloseTo((e + 6) / (e - 1) ** 2, 10);
    expect(channel.likelihood(p, 3, 5)).toEqual(ratio(expect.any(BigInt) as unknown as bigint, 8n * ONE));
  });

  it('is found for the largest domains', () => {
    for (const epsilon of [0.000001, 1, 16]) {
      const p = params({ epsilon, domainSize: 2 ** 20 });
      expect(p.space.points).toBeGreaterThanOrEqual(2 ** 20);
      expect(p.space.points).toBeLessThanOrEqual(2 ** 22);
    }
    expect(codeOf(() => params({ epsilon: 1, domainSize: 2 ** 20 + 1 }))).toBe('domain-size-out-of-range');
    expect(codeOf(() => params({ epsilon: 1, domainSize: 1 }))).toBe('domain-size-out-of-range');
    expect(codeOf(() => params({ epsilon: 16.1, domainSize: 2 }))).toBe('epsilon-out-of-range');
  });
});
