import { type Mechanism, type Params, toNumber } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { describe, expect, it } from 'vitest';
import { binomialLaw as lawOf } from '../src/shuffle/binomial-law.js';
import { anyBound, blanketBound, type DeltaAt, variationRatio } from '../src/shuffle/bounds.js';
import { centralPrivacy } from '../src/shuffle/central.js';
import { clonesEpsilon, strongerEpsilon } from '../src/shuffle/closed-forms.js';
import { FollowedTail } from '../src/shuffle/followed-tail.js';
import { localRandomizer } from '../src/shuffle/mechanisms.js';
import { type LocalRandomizer, mostVariation } from '../src/shuffle/randomizer.js';

/** C(n, k) / 2^n and the like by Pascal's triangle: the law of Bin(n, p), entry k. */
function binomialLaw(n: number, p: number): readonly number[] {
  let law = [1];
  for (let i = 0; i < n; i++) {
    law = Array.from({ length: i + 2 }, (_, k) => (law[k] ?? 0) * (1 - p) + (law[k - 1] ?? 0) * p);
  }
  return law;
}

/** The hockey-stick divergence of the dominating pair, from every pair of counts and nothing else. */
function enumerated(ratio: number, variation: number, n: number, epsilon: number): number {
  const apart = variation / (ratio - 1);
  const chances: readonly (readonly [left: number, right: number, chance: number])[] = [
    [1, 0, ratio * apart],
    [0, 1, apart],
    [0, 0, 1 - apart - ratio * apart],
  ];
  const size = n + 1;
  const one = new Float64Array(size * size);
  const other = new Float64Array(size * size);
  binomialLaw(n - 1, 2 * apart).forEach((clones, count) => {
    binomialLaw(count, 0.5).forEach((side, left) => {
      for (const [more, less, chance] of chances) {
        const at = (left + more) * size + count - left + less;
        const mirrored = (left + less) * size + count - left + more;
        one[at] = (one[at] as number) + clones * side * chance;
        other[mirrored] = (other[mirrored] as number) + clones * side * chance;
      }
    });
  });
  let sum = 0;
  one.forEach((mass, i) => {
    sum += Math.max(0, mass - Math.exp(epsilon) * (other[i] as number));
  });
  return sum;
}

/** The same of randomized response over k values under its blanket: counts of the one value, the other and the rest, and the unhidden. */
function enumeratedBlanket(ratio: number, k: number, n: number, epsilon: number): number {
  const others = [1, 1, k - 2].map((values) => values / (ratio + k - 1));
  const own = others.map((chance, kind) => (kind === 0 ? ratio : 1) * chance);
  const swapped = [own[1], own[0], own[2]] as number[];
  const hidden = binomialLaw(n - 1, k / (ratio + k - 1));
  let sum = 0;
  hidden.forEach((chance, messages) => {
    const rest = binomialLaw(messages, (k - 2) / k);
    for (let among = 0; among <= messages + 1; among++) {
      for (let left = 0; left + among <= messages + 1; left++) {
        const right = messages + 1 - among - left;
        // Chance of these counts of which one is the message in question, of either kind.
        const of = (kinds: readonly number[]) =>
          [
            [left - 1, right, among],
            [left, right - 1, among],
            [left, right, among - 1],
          ].reduce((total, [l = 0, r = 0, a = 0], kind) => {
            if (l < 0 || r < 0 || a < 0) return total;
            const mass = (rest[a] ?? 0) * (binomialLaw(l + r, 0.5)[l] ?? 0);
            return total + (kinds[kind] as number) * mass;
          }, 0);
        sum += chance * Math.max(0, of(own) - Math.exp(epsilon) * of(swapped));
      }
    }
  });
  return sum;
}

/** Mean over m draws of the positive part of their average: by every way that four kinds can share the draws. */
function meanExcess(masses: readonly number[], says: readonly number[], m: number): number {
  let sum = 0;
  const split = (kind: number, left: number, chance: number, total: number): void => {
    if (kind === masses.length - 1) {
      sum += chance * (masses[kind] as number) ** left * Math.max(0, total + left * (says[kind] as number));
      return;
    }
    let ways = 1;
    for (let count = 0; count <= left; count++) {
      const mass = (masses[kind] as number) ** count;
      split(kind + 1, left - count, chance * ways * mass, total + count * (says[kind] as number));
      ways = (ways * (left - count)) / (count + 1);
    }
  };
  split(0, m, 1, 0);
  return sum / m;
}

function randomizedResponse(epsilon: number, k: number): LocalRandomizer {
  const e = Math.exp(epsilon);
  return { epsilon, totalVariation: (e - 1) / (e + k - 1), support: e / (e + k - 1) };
}

describe('the bound of a shuffled batch', () => {
  it('is the divergence of its dominating pair to 1e-12, and never below it', () => {
    for (const n of [1, 2, 7, 50]) {
      for (const epsilon of [0.01, 1, 2, 8]) {
        for (const part of [1, 0.5, 0.01]) {
          const totalVariation = part * mostVariation(epsilon);
          const figures: DeltaAt[] = [variationRatio({ epsilon, totalVariation }, n)];
          if (part === 1) figures.push(anyBound({ epsilon, totalVariation }, n));
          for (const share of [0, 0.01, 0.2, 0.5, 0.9]) {
            const exact = enumerated(Math.exp(epsilon), totalVariation, n, share * epsilon);
            for (const figure of figures) {
              expect(Math.abs(figure(share * epsilon) - exact)).toBeLessThan(1e-12);
              expect(figure(share * epsilon)).toBeGreaterThan(exact - 1e-15);
            }
          }
        }
      }
    }
  });

  it('is the divergence of the blanket to 1e-12, and never below it', () => {
    for (const n of [1, 2, 9]) {
      for (const epsilon of [0.5, 3]) {
        for (const k of [2, 3, 16]) {
          const figure = blanketBound(randomizedResponse(epsilon, k), n);
          for (const share of [0, 0.1, 0.5, 0.9]) {
            const exact = enumeratedBlanket(Math.exp(epsilon), k, n, share * epsilon);
            expect(Math.abs(figure(share * epsilon) - exact)).toBeLessThan(1e-12);
            expect(figure(share * epsilon)).toBeGreaterThan(exact - 1e-15);
          }
        }
      }
    }
  });

  it('is above the divergence of a blanket in which reports may support both values, by little', () => {
    for (const [epsilon, support, totalVariation] of [
      [1, 0.5, 0.5 - 1 / (Math.E + 1)],
      [2, 0.8, 0.3],
      [0.5, 0.6, 0.1],
    ] as const) {
      const ratio = Math.exp(epsilon);
      const blanket = 1 - support * (1 - 1 / ratio);
      const apart = totalVariation / (ratio - 1);
      const both = support / ratio - apart;
      const masses = [apart, apart, both, blanket - 2 * apart - both].map((mass) => mass / blanket);
      const factors = [ratio, 1, ratio, 1];
      const swapped = [1, ratio, ratio, 1];
      for (const n of [1, 4, 9]) {
        for (const central of [0, 0.1 * epsilon, 0.3 * epsilon]) {
          const says = factors.map((factor, i) => blanket * (factor - Math.exp(central) * (swapped[i] as number)));
          let exact = 0;
          binomialLaw(n - 1, blanket).forEach((chance, hidden) => {
            exact += chance * meanExcess(masses, says, hidden + 1);
          });
          const bound = blanketBound({ epsilon, totalVariation, support }, n)(central);
          expect(bound).toBeGreaterThanOrEqual(exact - 1e-14);
          expect(bound).toBeLessThan(1.3 * exact);
        }
      }
    }
  });

  it('is one and the same for randomized response, whichever way it is computed', () => {
    for (const n of [1, 10, 50]) {
      const response = randomizedResponse(1.5, 2);
      for (const epsilon of [0.1, 0.7]) {
        expect(blanketBound(response, n)(epsilon)).toBeCloseTo(anyBound(response, n)(epsilon), 12);
      }
    }
  });

  it('follows a tail over many steps as if it were summed anew at each', () => {
    for (const [chance, slope] of [
      [0.5, 0.502],
      [0.5, 0.6],
      [0.45, 0.99],
    ] as const) {
      const followed = new FollowedTail(chance);
      for (let size = 40_000; size < 60_000; size++) {
        const cut = Math.ceil(slope * size);
        followed.moveTo(size, cut);
        if (size % 3989 !== 0) continue;
        const anew = new FollowedTail(chance);
        anew.moveTo(size, cut);
        // Of tails below the least double nothing is left either way.
        expect(Math.abs(followed.tail - anew.tail)).toBeLessThanOrEqual(1e-11 * anew.tail);
        expect(Math.abs(followed.below - anew.below)).toBeLessThanOrEqual(1e-11 * anew.below);
      }
    }
  });

  it('has recurrences that begin anew before they go astray', () => {
    // 21 deviations of 1,500: four stretches.
    const { from, mass, outside } = lawOf(10_000_000, 0.3);
    expect(mass.length).toBeGreaterThan(3 * 8192);
    const total = mass.reduce((sum, chance) => sum + chance, 0);
    expect(Math.abs(total + outside - 1)).toBeLessThan(1e-11);
    const mean = mass.reduce((sum, chance, i) => sum + chance * (from + i - 3_000_000), 0);
    expect(Math.abs(mean)).toBeLessThan(1e-5);
  });

  it('allows no more than the delta asked for, and little less', () => {
    for (const n of [1, 40, 600]) {
      const { epsilon, delta } = centralPrivacy(randomizedResponse(2, 5), n);
      for (const most of [1e-3, 1e-12]) {
        const found = epsilon(most);
        expect(delta(found)).toBeLessThanOrEqual(most);
        if (found > 0 && found < 2) expect(delta(found * (1 - 3e-5))).toBeGreaterThan(most);
      }
    }
  });

  it('falls with more messages, and with less local epsilon or support', () => {
    const at = (n: number, epsilon: number, k: number) =>
      centralPrivacy(randomizedResponse(epsilon, k), n).epsilon(1e-8);
    const sizes = [1, 10, 100, 1000];
    for (const epsilon of [0.1, 4]) {
      const bounds = sizes.map((n) => at(n, epsilon, 4));
      bounds.slice(1).forEach((bound, i) => {
        expect(bound).toBeLessThanOrEqual(bounds[i] as number);
      });
      expect(at(200, epsilon, 9)).toBeLessThan(at(200, epsilon, 3));
    }
    for (const n of [10, 300]) expect(at(n, 1, 4)).toBeLessThan(at(n, 2, 4));
  });

  it('is never above the local epsilon, which is all that one message or a hopeless epsilon leaves', () => {
    expect(centralPrivacy({ epsilon: 3, totalVariation: 1 }, 1).epsilon(1e-12)).toBeLessThanOrEqual(3);
    expect(centralPrivacy({ epsilon: 3, totalVariation: 1 }, 1).epsilon(1e-12)).toBeGreaterThan(2.999);
    const hopeless = centralPrivacy({ epsilon: 700, totalVariation: 1 }, 1e6);
    expect(hopeless.epsilon(1e-8)).toBe(700);
    expect(hopeless.delta(699)).toBe(1);
    expect(hopeless.delta(700)).toBe(0);
  });

  it('is below the published closed forms wherever these apply', () => {
    let compared = 0;
    for (const n of [1000, 30_000, 1_000_000]) {
      for (const epsilon of [0.5, 1, 2, 4, 6]) {
        for (const delta of [1e-6, 1e-9]) {
          const bound = centralPrivacy({ epsilon, totalVariation: 1 }, n).epsilon(delta);
          for (const form of [clonesEpsilon, strongerEpsilon]) {
            const published = form(epsilon, n, delta);
            if (published === null) continue;
            compared++;
            expect(bound).toBeLessThan(published);
          }
        }
      }
    }
    expect(compared).toBeGreaterThan(30);
    expect(clonesEpsilon(8, 1000, 1e-6)).toBeNull();
    expect(strongerEpsilon(8, 1000, 1e-6)).toBeNull();
  });

  it.each([
    ['rr', 2],
    ['grr', 3],
    ['grr', 4],
    ['oue', 2],
    ['sue', 2],
    ['subset-selection', 4],
    ['hadamard-response', 3],
    ['projective-geometry', 4],
    ['square-wave', 3],
    ['piecewise', 3],
  ])('holds for every batch of two to four reports, by enumeration: %s of %d values', (id, domainSize) => {
    for (const local of [0.5, 1.5]) {
      const { mechanism, params } = small(id, local, domainSize);
      const laws = lawsOfValues(mechanism, params);
      const randomizer = localRandomizer(params, mechanism.channel.effectiveEpsilon(params as never));
      for (const n of [2, 3, 4]) {
        const { delta } = centralPrivacy(randomizer, n);
        for (const epsilon of [0, 0.2 * local, 0.6 * local, 0.9 * local]) {
          const worst = worstBatch(laws, n, epsilon);
          expect(worst).toBeGreaterThan(0);
          for (const bound of [delta(epsilon), anyBound(randomizer, n)(epsilon)]) {
            expect(bound, `${n} reports, ${epsilon} of ${local}`).toBeGreaterThanOrEqual(worst - 1e-15);
          }
        }
      }
    }
  });

  it('is not variation-ratio reduction, which randomized response over four values exceeds', () => {
    const { mechanism, params } = small('grr', 1, 4);
    const randomizer = localRandomizer(params, 1);
    const worst = worstBatch(lawsOfValues(mechanism, params), 4, 0.8);
    expect(worst).toBeGreaterThan(2 * variationRatio(randomizer, 4)(0.8));
    expect(worst).toBeLessThan(centralPrivacy(randomizer, 4).delta(0.8));
  });
});

function small(id: string, epsilon: number, domainSize: number): { mechanism: Mechanism; params: Params } {
  const mechanism = catalogue.get(id) as Mechanism;
  const stages = { epsilonFirst: epsilon, epsilonInfinity: id === 'd-bit-flip' ? epsilon : 2 * epsilon, reports: 3 };
  const shape = { bits: 6, hashes: 2, cohorts: 2 };
  const make = mechanism.client.params as (options: object) => Params;
  return { mechanism, params: make({ epsilon, domainSize, ...stages, ...shape }) };
}

/** P[report | value] of every value and report. */
function lawsOfValues({ channel, answers }: Mechanism, params: Params): readonly (readonly number[])[] {
  const reports = [...channel.reports(params as never)];
  const values =
    answers === 'texts'
      ? Array.from({ length: 30 }, (_, i) => `text ${i}`)
      : Array.from({ length: (params as { domainSize?: number }).domainSize ?? 0 }, (_, value) => value);
  return values.map((value) =>
    reports.map((report) => toNumber(channel.likelihood(params as never, value as never, report as never))),
  );
}

/** Counts of each report in a batch, as text, and their chance. */
function shuffledLaw(laws: readonly (readonly number[])[]): ReadonlyMap<string, number> {
  let batches = new Map<string, number>([[new Array<number>(laws[0]?.length ?? 0).fill(0).join(), 1]]);
  for (const law of laws) {
    const next = new Map<string, number>();
    for (const [counts, chance] of batches) {
      law.forEach((mass, report) => {
        const more = counts.split(',').map(Number);
        more[report] = (more[report] as number) + 1;
        next.set(more.join(), (next.get(more.join()) ?? 0) + chance * mass);
      });
    }
    batches = next;
  }
  return batches;
}

/** The worst divergence of two batches that differ in one value, the others holding whatever serves worst. */
function worstBatch(laws: readonly (readonly number[])[], n: number, epsilon: number): number {
  let worst = 0;
  const others: number[][] = [[]];
  for (let i = 1; i < n; i++) {
    for (const held of others.splice(0)) {
      for (let value = held.at(-1) ?? 0; value < laws.length; value++) others.push([...held, value]);
    }
  }
  for (const held of others) {
    const rest = held.map((value) => laws[value] as readonly number[]);
    const [one, other] = [laws[0], laws[1]].map((law) => shuffledLaw([law as readonly number[], ...rest]));
    let sum = 0;
    for (const [counts, chance] of one as ReadonlyMap<string, number>) {
      sum += Math.max(0, chance - Math.exp(epsilon) * (other?.get(counts) ?? 0));
    }
    worst = Math.max(worst, sum);
  }
  return worst;
}

describe('the total variation of a mechanism', () => {
  it.each([...catalogue.keys()])('is the largest over all pairs of values, by enumeration: %s', (id) => {
    for (const epsilon of [0.5, 2]) {
      for (const domainSize of id === 'rr' ? [2] : id === 'tree' ? [3, 5] : [2, 3, 5]) {
        const { mechanism, params } = small(id, epsilon, domainSize);
        const laws = lawsOfValues(mechanism, params);
        let largest = 0;
        laws.forEach((one, i) => {
          for (const other of laws.slice(i + 1)) {
            largest = Math.max(
              largest,
              one.reduce((sum, mass, r) => sum + Math.max(0, mass - (other[r] as number)), 0),
            );
          }
        });
        const stated = localRandomizer(params, mechanism.channel.effectiveEpsilon(params as never)).totalVariation;
        // Of bucket sets the most that two buckets can be in is counted, were they never in the same.
        const most = id === 'd-bit-flip' ? 1.1 : 1 + 1e-9;
        expect(stated / largest, `epsilon ${epsilon}, ${domainSize} values`).toBeGreaterThan(1 - 1e-9);
        expect(stated / largest, `epsilon ${epsilon}, ${domainSize} values`).toBeLessThan(most);
      }
    }
  });

  it('is that of randomized response where nothing is known', () => {
    const unheardOf = { mechanism: 'unheard-of', microEpsilon: 1, reportBytes: 1 };
    expect(localRandomizer(unheardOf, 2)).toEqual({ epsilon: 2, totalVariation: mostVariation(2) });
  });
});
