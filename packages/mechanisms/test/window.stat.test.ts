import { type FrequencyMechanism, toNumber } from '@dither/mechanisms';
import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import * as duchi from '../src/mechanisms/duchi.js';
import * as hybrid from '../src/mechanisms/hybrid.js';
import * as piecewise from '../src/mechanisms/piecewise.js';
import { sampleMultinomial } from './support/binomial-sampler.js';
import { binomialTail } from './support/binomial-tail.js';

/** False-alarm rate of a cell, one-sided; there are fewer than 1000 cells, so of all together 1e-3. */
const ALPHA = 1e-6;

const REPETITIONS = 1000;

type Means = Pick<FrequencyMechanism, 'aggregator' | 'channel'> & { params: typeof duchi.params };
const mechanisms = { duchi, piecewise, hybrid } as unknown as Readonly<Record<string, Means>>;

/** How many of n clients hold each count. */
const populations: Readonly<Record<string, (clamp: number, n: number) => Map<number, number>>> = {
  'all at zero': (_clamp, n) => new Map([[0, n]]),
  'all in the middle': (clamp, n) => new Map([[Math.floor(clamp / 2), n]]),
  'half at each end': (clamp, n) =>
    new Map([
      [0, Math.ceil(n / 2)],
      [clamp, Math.floor(n / 2)],
    ]),
  'nearly all at zero': (clamp, n) =>
    new Map([
      [0, n - Math.ceil(n / 10)],
      [Math.ceil(clamp / 2), Math.ceil(n / 10)],
    ]),
};

interface Cell {
  readonly name: string;
  readonly covered: number;
  /** Expected reports that are not from near the value. */
  readonly far: number;
}

function cellsOf(id: string, clamps: readonly number[], epsilons: readonly number[], sizes: readonly number[]): Cell[] {
  const { params: make, aggregator, channel } = mechanisms[id] as Means;
  return clamps.flatMap((clamp) =>
    epsilons.flatMap((epsilon) => {
      const params = make({ epsilon, domainSize: clamp + 1 });
      const reports = [...channel.reports(params)];
      return Object.entries(populations).flatMap(([population, holders]) =>
        sizes.map((n) => {
          const name = `${id}, clamp ${clamp}, epsilon ${epsilon}, ${population}, n ${n}`;
          const uniform = seedrandom(name);
          const groups = [...holders(clamp, n)].map(([value, count]) => ({
            value,
            count,
            law: reports.map((report) => toNumber(channel.likelihood(params, value, report))),
          }));
          const truth = groups.reduce((sum, { value, count }) => sum + value * count, 0) / n;
          let covered = 0;
          for (let repetition = 0; repetition < REPETITIONS; repetition++) {
            const state = aggregator.empty(params);
            state.n = n;
            for (const { count, law } of groups) {
              sampleMultinomial(uniform, count, law).forEach((drawn, j) => {
                state.counts[j] = (state.counts[j] as number) + drawn;
              });
            }
            const [estimate] = aggregator.estimate(params, state);
            if (estimate !== undefined && estimate.low <= truth && truth <= estimate.high) covered++;
          }
          return { name, covered, far: n / (Math.exp(epsilon / 2) + 1) };
        }),
      );
    }),
  );
}

/** Whether so few intervals hold the truth that the chance was below ALPHA, had each done so with probability .94. */
function tooFew(covered: number): boolean {
  return binomialTail(REPETITIONS, 0.06, REPETITIONS - covered) < ALPHA;
}

/** Whether so many do, had each done so with probability .98. */
function tooMany(covered: number): boolean {
  return binomialTail(REPETITIONS, 0.98, covered) < ALPHA;
}

describe('coverage of the 95% interval of a mean', () => {
  for (const id of Object.keys(mechanisms)) {
    const cells = [...cellsOf(id, [1, 2, 1000], [0.5, 4, 8], [5, 50]), ...cellsOf(id, [200], [1, 2], [1000])];

    const plenty = cells.filter(({ far, name }) => far >= 100 && !(id === 'duchi' && name.includes('each end')));

    it(`is at least .94 in every cell for ${id}`, () => {
      expect(cells.filter(({ covered }) => tooFew(covered))).toEqual([]);
    });

    it(`is at most .98 for ${id} where 100 reports or more are expected from far away, but at both ends for Duchi`, () => {
      expect(plenty.length).toBeGreaterThan(5);
      expect(plenty.filter(({ covered }) => tooMany(covered))).toEqual([]);
    });
  }

  it('is refused by this test for an interval a tenth too short', () => {
    // 1.96 less a tenth covers .922.
    expect(tooFew(Math.round(0.9 * REPETITIONS))).toBe(true);
    expect(tooFew(Math.round(0.94 * REPETITIONS))).toBe(false);
    expect(tooMany(Math.round(0.999 * REPETITIONS))).toBe(true);
    expect(tooMany(Math.round(0.98 * REPETITIONS))).toBe(false);
  });
});
