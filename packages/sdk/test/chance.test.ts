import { uniformInt } from '@dither/mechanisms';
import { seededSource } from '@dither/sdk/testing';
import { describe, expect, it } from 'vitest';
import { binomialTail, distanceFromUniform, fewDistinctTail, mostDistance } from './support/chance.js';

describe('what chance alone does', () => {
  it('in a binomial law is what its definition says', () => {
    expect(binomialTail(10, 0.5, 8)).toBeCloseTo((45 + 10 + 1) / 1024, 15);
    expect(binomialTail(3, 0.1, 1)).toBeCloseTo(1 - 0.9 ** 3, 15);
    expect(binomialTail(300, 0.95, 300)).toBeCloseTo(0.95 ** 300, 12);
    expect(binomialTail(10, 0.5, 0)).toBe(1);
    expect(binomialTail(10, 0.5, 11)).toBe(0);
  });

  it('to draws that show few different values is what counting says', () => {
    // Three of four values: 4 triples show one, 36 two, 24 three.
    expect(fewDistinctTail(3, 4, 1)).toBeCloseTo(4 / 64, 15);
    expect(fewDistinctTail(3, 4, 2)).toBeCloseTo(40 / 64, 15);
    expect(fewDistinctTail(3, 4, 3)).toBeCloseTo(1, 15);
  });

  it('to a distance from the uniform law stays within the bound as often as it says', () => {
    expect(distanceFromUniform([0.1, 0.2, 0.3, 0.4])).toBeCloseTo(0.6, 15);
    expect(distanceFromUniform([0.9])).toBeCloseTo(0.9, 15);
    const source = seededSource('distances');
    const draw = () => Array.from({ length: 50 }, () => uniformInt(source, 2 ** 20) / 2 ** 20);
    const far = Array.from({ length: 2000 }, draw).filter(
      (values) => distanceFromUniform(values) > mostDistance(50, 0.05),
    );
    // At most 5% exceed it: that 136 or more of 2000 do has a chance of about 3e-4.
    expect(far.length).toBeLessThan(136);
    expect(far.length).toBeGreaterThan(20);
  });
});
