import { describe, expect, it } from 'vitest';
import { bloomBits, candidateBits } from '../src/encode/bloom.js';
import { goodnessOfFit } from './support/chi-square.js';

/** False-alarm rate of each test below. Nothing is drawn: the texts are fixed, and the rate is over choices of them. */
const ALPHA = 1e-5;

const TEXTS = Array.from({ length: 20_000 }, (_, i) => `https://www.example-${i}.org/`);

function even(cells: number): number[] {
  return new Array<number>(cells).fill(1 / cells);
}

describe('the bits of texts', () => {
  it('are each as often set in every cohort', () => {
    for (const shape of [
      { bits: 32, hashes: 1, cohorts: 8 },
      { bits: 13, hashes: 1, cohorts: 8 },
      { bits: 1024, hashes: 1, cohorts: 2 },
    ]) {
      for (let cohort = 0; cohort < shape.cohorts; cohort++) {
        const counts = new Array<number>(shape.bits).fill(0);
        for (const text of TEXTS)
          for (const bit of bloomBits(text, cohort, shape)) counts[bit] = (counts[bit] ?? 0) + 1;
        expect(goodnessOfFit(counts, even(shape.bits))).toBeGreaterThan(ALPHA);
      }
    }
  });

  it('are in every set of them equally often, whatever their number', () => {
    for (const [bits, hashes, sets] of [
      [8, 2, 28],
      [9, 3, 84],
      [8, 4, 70],
    ] as const) {
      const counts = new Map<string, number>();
      for (const text of TEXTS) {
        const set = bloomBits(text, 3, { bits, hashes, cohorts: 4 }).join();
        counts.set(set, (counts.get(set) ?? 0) + 1);
      }
      expect(counts.size).toBe(sets);
      expect(goodnessOfFit([...counts.values()], even(sets))).toBeGreaterThan(ALPHA);
    }
  });

  it('of one text are independent from cohort to cohort', () => {
    const shape = { bits: 8, hashes: 1, cohorts: 64 };
    const { rows } = candidateBits(TEXTS, shape);
    for (const [first, second] of [
      [0, 1],
      [0, 63],
      [31, 32],
      [7, 23],
    ] as const) {
      const counts = new Array<number>(64).fill(0);
      TEXTS.forEach((_, v) => {
        const at = ((rows[64 * v + first] as number) & 7) * 8 + ((rows[64 * v + second] as number) & 7);
        counts[at] = (counts[at] ?? 0) + 1;
      });
      expect(goodnessOfFit(counts, even(64))).toBeGreaterThan(ALPHA);
    }
  });

  it('of two texts agree in as many cohorts as independent ones do', () => {
    const shape = { bits: 8, hashes: 1, cohorts: 8 };
    const { rows } = candidateBits(TEXTS, shape);
    const counts = new Array<number>(9).fill(0);
    for (let v = 0; v + 1 < TEXTS.length; v += 2) {
      let agreed = 0;
      for (let cohort = 0; cohort < 8; cohort++) if (rows[8 * v + cohort] === rows[8 * (v + 1) + cohort]) agreed++;
      counts[agreed] = (counts[agreed] ?? 0) + 1;
    }
    const choose = [1, 8, 28, 56, 70, 56, 28, 8, 1];
    const binomial = choose.map((ways, k) => ways * (1 / 8) ** k * (7 / 8) ** (8 - k));
    expect(goodnessOfFit(counts, binomial)).toBeGreaterThan(ALPHA);
  });

  it('are told from bits that lean by a twentieth', () => {
    const counts = new Array<number>(8).fill(0);
    for (const text of TEXTS)
      for (const bit of bloomBits(text, 0, { bits: 8, hashes: 1, cohorts: 1 })) counts[bit] = (counts[bit] ?? 0) + 1;
    const leaning = counts.map((count, bit) => Math.round(count * (bit < 4 ? 1.05 : 0.95)));
    expect(goodnessOfFit(leaning, even(8))).toBeLessThan(ALPHA);
  });
});
