import * as dBitFlip from '@dither/mechanisms/d-bit-flip';
import * as lGrr from '@dither/mechanisms/l-grr';
import * as loloha from '@dither/mechanisms/loloha';
import * as rappor from '@dither/mechanisms/rappor';
import { category, quantity, text } from '@dither/protocol';
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
    const stored = chance(params.permanent.unset);
    const [p, q] = [chance(params.instantaneous.set), chance(params.instantaneous.unset)];
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

  it('is at most what is stored, and what the fewer reports say of it, where that is one of a list', () => {
    const cells = (reports: number, epsilonFirst: number, mechanism: typeof lGrr.client | typeof loloha.client) => {
      const latch = { epsilonFirst, epsilonInfinity: 4, epoch: reports };
      const metrics = { m: category({ ...about, period: 1, values: ['a', 'b', 'c'], mechanism, latch }) };
      return linkingBits(registryOf(metrics, { budget: { perWindow: 400 } }).metrics.m);
    };
    // Two reports of one of four values: the mutual information of both, the stored value being uniform.
    const { instantaneous } = lGrr.params({ epsilonFirst: 1, epsilonInfinity: 4, reports: 2, domainSize: 4 });
    const keep = instantaneous.high / 2 ** 32;
    const [same, other] = [keep + (1 - keep) / 4, (1 - keep) / 4];
    const capacity = 2 + same * Math.log2(same) + 3 * other * Math.log2(other);
    expect(cells(2, 1, lGrr.client)).toBeCloseTo(capacity, 6);
    const both = keep * keep;
    const [twice, else_] = [both + (1 - both) / 4, (1 - both) / 4];
    const information = 2 + twice * Math.log2(twice) + 3 * else_ * Math.log2(else_);
    expect(cells(2, 1, lGrr.client)).toBeGreaterThan(information);
    expect(cells(7, 1, lGrr.client)).toBeCloseTo(Math.min(2, 3 * capacity), 6);
    expect(cells(28, 3, lGrr.client)).toBe(2);
    expect(cells(28, 3, loloha.client)).toBeLessThanOrEqual(6);
  });

  it('is all that is stored where reports repeat it', () => {
    const latch = { epsilonFirst: 1, epsilonInfinity: 1, epoch: 4 };
    const metrics = {
      m: quantity({ ...about, period: 1, unit: 'GB', range: [0, 64], buckets: 64, mechanism: dBitFlip.client, latch }),
    };
    const { sampled, truth } = dBitFlip.params({ ...latch, reports: 4, domainSize: 65 });
    const p = truth.high / 2 ** 32;
    const entropy = -p * Math.log2(p) - (1 - p) * Math.log2(1 - p);
    expect(linkingBits(registryOf(metrics, { budget: { perWindow: 40 } }).metrics.m)).toBeCloseTo(sampled * entropy, 6);
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
