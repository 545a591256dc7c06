import { describe, expect, it } from 'vitest';
import { seededSources } from '../src/seeded.js';
import { cellsOf, compareErrors, GRID, limitOf, linear } from './support/standard-errors.js';

/**
 * Predicted standard errors against 10,000 repetitions of the exact engine, over the whole grid: of each mechanism and cell the
 * mean square of all quantities' errors, of each quantity's, and its bias. Three quarters of an hour.
 */

const sources = seededSources('standard errors');

/**
 * False-alarm rate, over seeds, of the whole file. Of each cell one score of all its quantities, and of each quantity two: there
 * are at most 1,170 values in four cells of a mechanism.
 */
const ALPHA = 1e-3;
const SCORES = linear.length * GRID.epsilons.length * (GRID.domainSizes.length + 2 * 1170);
const LIMIT = limitOf(ALPHA, SCORES);

describe.each(linear.map((mechanism) => [mechanism.id, mechanism] as const))(
  'predicted errors of %s',
  (id, mechanism) => {
    it.each(cellsOf(mechanism).map((cell) => [cell.domainSize, cell.epsilon, cell] as const))(
      'are those of 10,000 repetitions: %i values, epsilon %f',
      (domainSize, epsilon, cell) => {
        const size = { installations: 100_000, repetitions: 10_000 };
        const found = compareErrors(cell, size, sources(`${id}/${domainSize}/${epsilon}`));
        expect(Math.abs(found.score)).toBeLessThan(LIMIT);
        expect(Math.abs(found.worstScore)).toBeLessThan(LIMIT);
        expect(found.worstBias).toBeLessThan(LIMIT);
      },
    );
  },
);
