import { catalogue } from '@dither/mechanisms/catalogue';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** The smallest and largest domain of each mechanism over indices, by its own documentation. */
const DOMAINS: Readonly<Record<string, readonly [number, number]>> = {
  rr: [2, 2],
  grr: [2, 2 ** 20],
  sue: [2, 2 ** 16],
  oue: [2, 2 ** 16],
  'one-bit-mean': [2, 2 ** 20 + 1],
  tree: [3, 2 ** 12 + 1],
  'square-wave': [2, 2 ** 15 + 1],
};

/** What a mechanism may leave unspent: the margin of expBelow, twice for two factors, and the rounding to 2^-64. */
function unspent(epsilon: number, domainSize: number): number {
  return 2 * 2 ** -48 + 4 * (domainSize + Math.exp(epsilon)) * 2 ** -64 + epsilon * 2 ** -51;
}

describe('effectiveEpsilon', () => {
  for (const [id, mechanism] of catalogue) {
    // Texts have no domain: `rappor.test.ts` and `one-time-rappor.test.ts` ask the same of their shapes.
    if (mechanism.answers === 'texts') continue;
    const [smallest, largest] = DOMAINS[id] ?? [2, 2];
    const cases = fc.record({
      micro: fc.oneof(fc.integer({ min: 10_000, max: 10_000_000 }), fc.integer({ min: 1, max: 16_000_000 })),
      domainSize: fc
        .integer({ min: Math.ceil(Math.log2(smallest)), max: Math.floor(Math.log2(largest)) })
        .chain((bits) => fc.integer({ min: smallest, max: Math.min(largest, 2 ** bits) })),
    });

    it(`of ${id} is at most the declared epsilon, for every epsilon and domain`, () => {
      fc.assert(
        fc.property(cases, ({ micro, domainSize }) => {
          const params = mechanism.client.params({ epsilon: micro / 1e6, domainSize });
          expect(mechanism.channel.effectiveEpsilon(params)).toBeLessThanOrEqual(micro / 1e6);
        }),
        { numRuns: 300 },
      );
    });

    it(`of ${id} leaves nothing unspent but the rounding`, () => {
      fc.assert(
        fc.property(cases, ({ micro, domainSize }) => {
          const epsilon = micro / 1e6;
          const params = mechanism.client.params({ epsilon, domainSize });
          const left = epsilon - mechanism.channel.effectiveEpsilon(params);
          expect(left).toBeLessThanOrEqual(unspent(epsilon, domainSize));
        }),
        { numRuns: 300 },
      );
    });

    it(`of ${id} holds at its largest domain, and one value more is refused`, () => {
      for (const epsilon of [0.000001, 0.01, 1, 10, 16]) {
        const params = mechanism.client.params({ epsilon, domainSize: largest });
        expect(mechanism.channel.effectiveEpsilon(params)).toBeLessThanOrEqual(epsilon);
      }
      expect(() => mechanism.client.params({ epsilon: 1, domainSize: largest + 1 })).toThrow(/out-of-range/);
    });
  }
});
