import type { FrequencyAggregator, LatchedIndexClient, LatchedIndexParams } from '@dither/mechanisms';
import * as dBitFlip from '@dither/mechanisms/d-bit-flip';
import * as lGrr from '@dither/mechanisms/l-grr';
import * as lOsue from '@dither/mechanisms/l-osue';
import * as loloha from '@dither/mechanisms/loloha';
import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { binomialTail } from './support/binomial-tail.js';
import { seededSource } from './support/seeded.js';

/** False-alarm rate of each test below. */
const ALPHA = 1e-4;
const RUNS = 200;
const VALUES = 4;

interface TwoStage {
  readonly client: LatchedIndexClient<LatchedIndexParams, unknown>;
  readonly aggregator: FrequencyAggregator<LatchedIndexParams, unknown>;
}

const MECHANISMS = [lGrr, lOsue, loloha, dBitFlip] as unknown as readonly TwoStage[];

/** The second stage hides next to nothing more than the first: reports of one epoch are nearly alike. */
function paramsOf({ client }: TwoStage, reports: number): LatchedIndexParams {
  const epsilonFirst = client.id === 'd-bit-flip' ? 2 : 1.9;
  return client.params({ epsilonFirst, epsilonInfinity: 2, reports: Math.max(2, reports), domainSize: VALUES });
}

/** Of one run: a tenth of the installations hold value 1, a fifth value 2, all others value 0. */
function drawState(mechanism: TwoStage, installations: number, reports: number, seed: string) {
  const { client, aggregator } = mechanism;
  const params = paramsOf(mechanism, reports);
  const source = seededSource(seed);
  const state = aggregator.empty(params);
  const held = new Float64Array(VALUES);
  for (let i = 0; i < installations; i++) {
    const value = [1, 2, 2][i % 10] ?? 0;
    held[value] = (held[value] as number) + 1 / installations;
    const permanent = client.latch(params, value, source.next() % 64, source);
    for (let day = 0; day < reports; day++) {
      aggregator.accumulate(params, state, client.report(params, permanent, source));
    }
  }
  return { params, state, held };
}

/** How many runs missed the share of one value, drawn anew in each, when told of so many repeats. */
function misses(mechanism: TwoStage, installations: number, reports: number, told: readonly number[]): number[] {
  const choose = seedrandom('choose');
  const missed = told.map(() => 0);
  for (let run = 0; run < RUNS; run++) {
    const { params, state, held } = drawState(mechanism, installations, reports, `${installations}/${reports}/${run}`);
    const value = Math.floor(choose() * VALUES);
    told.forEach((repeats, i) => {
      const estimate = mechanism.aggregator.estimate(params, state, 0.95, repeats)[value];
      const truth = held[value] as number;
      if (!(estimate && estimate.low <= truth && truth <= estimate.high)) missed[i] = (missed[i] as number) + 1;
    });
  }
  return missed;
}

describe.each(MECHANISMS)(
  'intervals of $client.id over several reports of each installation in one epoch',
  (mechanism) => {
    it.each([
      [300, 1],
      [300, 7],
      [100, 28],
      [20, 7],
    ])('cover at least .94 when told: %i installations, %i reports each', (installations, reports) => {
      const [missed] = misses(mechanism, installations, reports, [reports]);
      expect(binomialTail(RUNS, 0.06, missed as number)).toBeGreaterThan(ALPHA);
    });

    it('do not when not told', () => {
      const [missed] = misses(mechanism, 100, 7, [1]);
      expect(binomialTail(RUNS, 0.06, missed as number)).toBeLessThan(ALPHA);
    });

    it('are wider the more reports one installation may have sent', () => {
      const { params, state } = drawState(mechanism, 400, 2, 'width');
      const widths = [1, 2, 7, 28, 400].map((repeats) => {
        const [estimate] = mechanism.aggregator.estimate(params, state, 0.95, repeats);
        return (estimate?.high ?? 0) - (estimate?.low ?? 0);
      });
      expect(widths).toEqual([...widths].sort((a, b) => a - b));
      expect(widths[0]).toBeLessThan(widths[1] as number);
    });
  },
);
