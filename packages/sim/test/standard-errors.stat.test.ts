import { describe, expect, it } from 'vitest';
import { seededSources } from '../src/seeded.js';
import { type Cell, cellsOf, compareErrors, limitOf, linear } from './support/standard-errors.js';

/* A slice of `standard-errors.torture.ts`; `pnpm figures standard-errors` prints the whole. */

const sources = seededSources('slice of standard errors');
const SIZE = { installations: 100_000, repetitions: 10_000 };

/** Another cell of the grid for each. */
const SLICE: readonly (readonly [id: string, domainSize: number, epsilon: number])[] = [
  ['rr', 2, 0.5],
  ['grr', 2, 4],
  ['oue', 16, 1],
  ['subset-selection', 16, 2],
  ['hadamard-response', 2, 4],
  ['local-hashing', 2, 1],
  ['recursive-hadamard', 2, 0.5],
  ['one-bit-mean', 2, 1],
];

function cellOf(id: string, domainSize: number, epsilon: number): Cell {
  const mechanism = linear.find((other) => other.id === id);
  if (mechanism === undefined) throw new Error(`${id} is not linear`);
  const [cell] = cellsOf(mechanism, { domainSizes: [domainSize], epsilons: [epsilon] });
  return cell as Cell;
}

/** False-alarm rate, over seeds, of all of these together: scores of all quantities, of each, and of each one's bias. */
const ALPHA = 1e-4;
const LIMIT = limitOf(ALPHA, 2 * 16 * SLICE.length + SLICE.length);

describe('predicted standard errors, against 10,000 repetitions,', () => {
  it.each(SLICE)('are those met: %s, %i values, epsilon %f', (...place) => {
    const found = compareErrors(cellOf(...place), SIZE, sources(place.join('/')));
    expect(Math.abs(found.score)).toBeLessThan(LIMIT);
    expect(Math.abs(found.worstScore)).toBeLessThan(LIMIT);
    expect(found.worstBias).toBeLessThan(LIMIT);
  });

  it('are refused where they are a hundredth and a half too small', () => {
    const found = compareErrors(cellOf('oue', 16, 1), { ...SIZE, distort: 0.985 ** 2 }, sources('distorted'));
    expect(Math.abs(found.score)).toBeGreaterThan(LIMIT);
  });
});
