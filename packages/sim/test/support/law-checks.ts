import type { WordSource } from '@dither/mechanisms';
import type { Case } from '../../../mechanisms/test/contract/case.js';
import { goodnessOfFit } from '../../../mechanisms/test/support/chi-square.js';
import type { ExactSampler } from '../../src/exact/sampler.js';
import {
  cumulantsOf,
  type Direction,
  directionsOf,
  type SingleReports,
  scoresOf,
  singleReports,
  twoSamples,
} from './exact-law.js';
import { clientState, holdersOf } from './law-cases.js';

interface Size {
  readonly installations: number;
  readonly draws: number;
}

const known = new WeakMap<Case, SingleReports>();

function singleOf(own: Case): SingleReports {
  const single = known.get(own) ?? singleReports(own);
  known.set(own, single);
  return single;
}

/** Of counters that are drawn independently each by itself, of others sums as well. */
function comparedOf(own: Case, { law }: ExactSampler, source: WordSource): readonly Direction[] {
  const counters = own.aggregator.empty(own.params).counts.length;
  return directionsOf(counters, source).filter(({ name }) => law === 'joint' || name.startsWith('counter'));
}

/** The p-value of states of one installation being those of its reports, as often as the channel says. */
export function oneInstallation(own: Case, { law, sample }: ExactSampler, draws: number, source: WordSource): number {
  const { states, chances } = singleOf(own);
  const held = own.values.length >> 1;
  const chanceOf = chances[held] as Float64Array;
  const holders = Float64Array.from(own.values, (_, value) => Number(value === held));
  const drawn = Array.from({ length: draws }, () => sample(holders, source).counts);
  // Several reports may leave the same state.
  const found = new Map<string, { chance: number; count: number }>();
  const tell = (key: string, chance: number, count: number) => {
    const at = found.get(key) ?? { chance: 0, count: 0 };
    found.set(key, { chance: at.chance + chance, count: at.count + count });
  };
  const keysOf = (counts: Float64Array): readonly string[] =>
    law === 'joint' ? [counts.join()] : Array.from(counts, (count, at) => `${at}: ${count}`);
  states.forEach((counts, i) => {
    for (const key of keysOf(counts)) tell(key, chanceOf[i] as number, 0);
  });
  for (const counts of drawn) for (const key of keysOf(counts)) tell(key, 0, 1);
  const all = [...found.values()];
  if (all.some(({ chance }) => chance === 0)) return 0;
  if (law === 'joint') {
    return goodnessOfFit(
      all.map(({ count }) => count),
      all.map(({ chance }) => chance),
    );
  }
  const each = all.map(({ chance, count }) => goodnessOfFit([count, draws - count], [chance, 1 - chance]));
  return Math.min(...each);
}

/** The largest score of means and variances of sums of counters against those of the law, in standard deviations. */
export function manyInstallations(
  own: Case,
  sampler: ExactSampler,
  { installations, draws }: Size,
  source: WordSource,
): number {
  const holders = holdersOf(own, installations);
  const drawn = Array.from({ length: draws }, () => sampler.sample(holders, source).counts);
  const scores = comparedOf(own, sampler, source).flatMap((direction) => {
    const numbers = drawn.map((counts) => direction.of(counts));
    const { mean, variance } = scoresOf(numbers, cumulantsOf(singleOf(own), holders, direction));
    return [Math.abs(mean), Math.abs(variance)];
  });
  return Math.max(...scores);
}

/** The least p-value of sums of counters being of one law with those of as many reports of real clients. */
export function againstClients(
  own: Case,
  sampler: ExactSampler,
  { installations, draws }: Size,
  source: WordSource,
): number {
  const holders = holdersOf(own, installations);
  const drawn = Array.from({ length: 4 * draws }, () => sampler.sample(holders, source).counts);
  const made = Array.from({ length: draws }, () => clientState(own, holders, source).counts);
  const values = comparedOf(own, sampler, source).map((direction) => {
    const of = (all: readonly Float64Array[]) => all.map((counts) => direction.of(counts));
    return twoSamples(of(drawn), of(made));
  });
  return Math.min(...values);
}
