import * as rappor from '@dither/mechanisms/rappor';
import { text } from '@dither/protocol';
import { describe, expect, it } from 'vitest';
import { assess } from '../src/cli/assess.js';
import { linkingBits } from '../src/cli/linking.js';
import { about, registryOf } from './declare.js';

const latched = (reports: number, bits = 128) =>
  registryOf(
    {
      m: text({
        ...about,
        period: 1,
        bits,
        mechanism: rappor.client,
        latch: { epsilonFirst: 0.2, epsilonInfinity: 2, epoch: reports },
      }),
    },
    { budget: { perWindow: 40 } },
  );

describe('what links the reports of an epoch', () => {
  it('is, of two reports, the mutual information of two bits, times their number', () => {
    const shape = { bits: 128, hashes: 1, cohorts: 64 };
    const params = rappor.params({ ...shape, epsilonFirst: 0.2, epsilonInfinity: 2, reports: 2 });
    const chance = ({ high }: { readonly high: number }) => high / 2 ** 32;
    const stored = chance(params.permanentUnset);
    const [p, q] = [chance(params.instantaneousSet), chance(params.instantaneousUnset)];
    const both = (a: number, b: number) => {
      const of = (x: number, one: number) => (x === 1 ? one : 1 - one);
      return stored * of(a, p) * of(b, p) + (1 - stored) * of(a, q) * of(b, q);
    };
    let information = 0;
    for (const a of [0, 1]) {
      for (const b of [0, 1]) {
        const apart = (both(a, 0) + both(a, 1)) * (both(0, b) + both(1, b));
        information += both(a, b) * Math.log2(both(a, b) / apart);
      }
    }
    expect(linkingBits(latched(2).metrics.m)).toBeCloseTo(128 * information, 5);
  });

  it('grows with the reports of an epoch and with the bits, and is warned of', () => {
    const bits = [2, 7, 28].map((reports) => linkingBits(latched(reports).metrics.m));
    expect(bits).toEqual([...bits].sort((a, b) => a - b));
    expect(linkingBits(latched(7, 256).metrics.m)).toBeCloseTo(2 * linkingBits(latched(7).metrics.m), 9);
    const codes = (reports: number, of: number) => assess(latched(reports, of), 0).warnings.map(({ code }) => code);
    expect(codes(28, 1024)).toContain('linkable');
    expect(codes(2, 128)).not.toContain('linkable');
  });
});
