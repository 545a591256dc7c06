import { catalogue } from '@dither/mechanisms/catalogue';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { declareIndex, type IndexMechanism } from './contract/case.js';

/** The smallest and largest domain of each mechanism over indices, by its own documentation. */
const DOMAINS: Readonly<Record<string, readonly [number, number]>> = {
  rr: [2, 2],
  grr: [2, 2 ** 20],
  sue: [2, 2 ** 20],
  oue: [2, 2 ** 20],
  'subset-selection': [2, 2 ** 20],
  'projective-geometry': [2, 2 ** 20],
  'local-hashing': [2, 2 ** 20],
  'count-mean-sketch': [2, 2 ** 20],
  'hadamard-count-mean-sketch': [2, 2 ** 20],
  'hadamard-response': [2, 2 ** 20],
  'recursive-hadamard': [2, 2 ** 20],
  'one-bit-mean': [2, 2 ** 20 + 1],
  tree: [3, 2 ** 12 + 1],
  'square-wave': [2, 2 ** 15 + 1],
  duchi: [2, 2 ** 20 + 1],
  piecewise: [2, 2 ** 20 + 1],
  hybrid: [2, 2 ** 20 + 1],
  'l-grr': [2, 2 ** 20],
  'l-osue': [2, 2 ** 20],
  loloha: [2, 64],
  'd-bit-flip': [2, 2 ** 20],
};

/** Whose bits are randomized side by side, by probabilities of few binary digits. */
const FEW_DIGITS = ['sue', 'oue', 'tree', 'count-mean-sketch', 'l-osue'];

/**
 * What a mechanism may leave unspent: the margin of expBelow, twice for two factors, and the rounding to 2^-64; with few
 * digits a ten-thousandth for each of two bits.
 */
function unspent(id: string, epsilon: number, domainSize: number): number {
  const rounding = 2 * 2 ** -48 + 4 * (domainSize + Math.exp(epsilon)) * 2 ** -64 + epsilon * 2 ** -51;
  return FEW_DIGITS.includes(id) ? rounding + epsilon * 1e-4 : rounding;
}

describe('effectiveEpsilon', () => {
  it('is asked of every mechanism over indices', () => {
    const ids = [...catalogue.values()].filter(({ answers }) => answers !== 'texts').map(({ id }) => id);
    expect(Object.keys(DOMAINS).sort()).toEqual(ids.sort());
  });

  for (const mechanism of catalogue.values()) {
    // Texts have no domain: `rappor.test.ts` and `one-time-rappor.test.ts` ask the same of their shapes.
    if (mechanism.answers === 'texts') continue;
    describeEpsilon(mechanism);
  }
});

function describeEpsilon(mechanism: IndexMechanism): void {
  const { id } = mechanism;
  const [smallest, largest] = DOMAINS[id] ?? [2, 2];
  const cases = fc.record({
    micro: fc.oneof(fc.integer({ min: 10_000, max: 10_000_000 }), fc.integer({ min: 1, max: 15_999_999 })),
    domainSize: fc
      .integer({ min: Math.ceil(Math.log2(smallest)), max: Math.floor(Math.log2(largest)) })
      .chain((bits) => fc.integer({ min: smallest, max: Math.min(largest, 2 ** bits) })),
  });
  const effective = (epsilon: number, domainSize: number) =>
    (mechanism.channel.effectiveEpsilon as (params: unknown) => number)(declareIndex(mechanism, epsilon, domainSize));

  it(`of ${id} is at most the declared epsilon, and leaves nothing unspent but the rounding`, () => {
    fc.assert(
      fc.property(cases, ({ micro, domainSize }) => {
        const epsilon = micro / 1e6;
        const spent = effective(epsilon, domainSize);
        expect(spent).toBeLessThanOrEqual(epsilon);
        expect(epsilon - spent).toBeLessThanOrEqual(unspent(id, epsilon, domainSize));
      }),
      { numRuns: 300 },
    );
  });

  it(`of ${id} holds at its largest domain, and one value more is refused`, () => {
    for (const epsilon of [0.000001, 0.01, 1, 10, 15.999999]) {
      expect(effective(epsilon, largest)).toBeLessThanOrEqual(epsilon);
    }
    expect(() => declareIndex(mechanism, 1, largest + 1)).toThrow(/out-of-range/);
  });
}
