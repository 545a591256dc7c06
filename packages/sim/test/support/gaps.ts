import type { DistributionMechanism, TextMechanism, WordSource } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { declareIndex } from '../../../mechanisms/test/contract/case.js';
import { makeText } from '../../../mechanisms/test/contract/text-shapes.js';
import { quantilePlace } from '../../src/buckets.js';
import { type ExactSampler, exactSampler } from '../../src/exact/sampler.js';
import { multinomial } from '../../src/random/multinomial.js';

/* How far predicted errors are from those of repetitions, where estimates are not linear in the counters. */

type Row = Readonly<Record<string, number>>;

const EPSILONS = [0.5, 1, 2, 4];
const short = (x: number) => Number(x.toPrecision(3));
const rootMean = (squares: number, n: number) => Math.sqrt(squares / n);

const CELLS = 64;
const QUANTILES = [0.5, 0.75, 0.95];

/** Waits on a logarithmic axis: two bells; a twentieth has no event. */
function waits(): Float64Array {
  const bell = (x: number, centre: number, width: number) => Math.exp(-(((x - centre) / width) ** 2) / 2) / width;
  const weights = Array.from(
    { length: CELLS },
    (_, cell) => 0.7 * bell(cell / CELLS, 0.55, 0.13) + 0.3 * bell(cell / CELLS, 0.75, 0.15),
  );
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return Float64Array.of(...weights.map((weight) => (0.95 * weight) / sum), 0.05);
}

/**
 * Root mean squared errors of quantiles, in cells of 64, as predicted and as met; and of the drawn curve how far it is from the
 * truth, all cells together, in one repetition and on average over them.
 */
export function quantileGaps(id: string, repetitions: number, source: WordSource): Row[] {
  const mechanism = catalogue.get(id) as DistributionMechanism;
  const shares = waits();
  const amounts = Float64Array.from({ length: CELLS }, (_, cell) => cell + 0.5);
  return EPSILONS.flatMap((epsilon) => {
    const params = declareIndex(mechanism, epsilon, CELLS + 1);
    const { sample } = exactSampler(mechanism, params) as ExactSampler;
    return [1e4, 1e6].flatMap((installations) => {
      const holders = multinomial(source, installations, shares);
      const held = holders.subarray(0, CELLS);
      const withEvent = held.reduce((sum, clients) => sum + clients, 0);
      const squares = QUANTILES.map(() => 0);
      const off = new Float64Array(CELLS);
      let distance = 0;
      for (let i = 0; i < repetitions; i++) {
        const question = { quantiles: QUANTILES, above: [], amounts };
        const { quantiles, curve } = mechanism.aggregator.distribution(params, sample(holders, source), question);
        quantiles.forEach(({ place, quantile }, j) => {
          squares[j] = (squares[j] as number) + (place - quantilePlace(held, quantile)) ** 2;
        });
        curve.forEach((share, cell) => {
          const error = share - (held[cell] as number) / withEvent;
          distance += Math.abs(error);
          off[cell] = (off[cell] as number) + error;
        });
      }
      return QUANTILES.map((quantile, j) => {
        const predicted = mechanism.aggregator.quantileError(params, installations, shares, quantile);
        const met = rootMean(squares[j] as number, repetitions);
        return {
          epsilon,
          installations,
          quantile,
          predicted: short(predicted),
          met: short(met),
          'met / predicted': short(met / predicted),
          'curve off': short(distance / repetitions),
          'on average': short(off.reduce((sum, error) => sum + Math.abs(error), 0) / repetitions),
        };
      });
    });
  });
}

const SHAPE = { bits: 64, hashes: 1, cohorts: 8 };
const HELD = 50;
const CANDIDATES = 100;

/** Root mean squared errors of a text's share: of those that nobody holds as predicted, stated and met, and of those held. */
export function textGaps(id: string, repetitions: number, source: WordSource): Row[] {
  const mechanism = catalogue.get(id) as TextMechanism;
  const candidates = Array.from({ length: CANDIDATES }, (_, i) => `text ${i}`);
  const texts = ['', ...candidates.slice(0, HELD)];
  const shares = Float64Array.from(texts, (_, value) => 1 / (value + 1));
  return EPSILONS.flatMap((epsilon) => {
    const params = makeText(mechanism, epsilon, SHAPE);
    const { sample } = exactSampler(mechanism, params, texts) as ExactSampler;
    return [1e5, 1e7].map((installations) => {
      const holders = multinomial(source, installations, shares);
      const truth = candidates.map((_, i) => (i < HELD ? (holders[i + 1] as number) / installations : 0));
      let [rare, held, stated, misfits] = [0, 0, 0, 0];
      for (let i = 0; i < repetitions; i++) {
        const found = mechanism.aggregator.texts(params, sample(holders, source), { candidates });
        misfits += found.misfit / repetitions;
        found.texts.forEach(({ value, standardError }, v) => {
          const square = (value - (truth[v] as number)) ** 2;
          if (v < HELD) held += square / HELD;
          else {
            rare += square / (CANDIDATES - HELD);
            stated += standardError ** 2 / (CANDIDATES - HELD);
          }
        });
      }
      const predicted = mechanism.aggregator.rareError(params, installations);
      return {
        epsilon,
        installations,
        predicted: short(predicted),
        stated: short(rootMean(stated, repetitions)),
        met: short(rootMean(rare, repetitions)),
        'met / predicted': short(rootMean(rare, repetitions) / predicted),
        'met of held texts': short(rootMean(held, repetitions)),
        misfit: short(misfits),
      };
    });
  });
}
