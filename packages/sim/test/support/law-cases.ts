import type { State, WordSource } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import { type Case, indexCase, smallCases } from '../../../mechanisms/test/contract/case.js';

/**
 * Values of a domain whose reports can be enumerated and which has what makes a law hard: several rows, blocks, digits, levels,
 * rounding. Forty unless told.
 */
const DOMAIN_SIZES: Readonly<Record<string, number>> = {
  rr: 2,
  sue: 5,
  oue: 5,
  'l-osue': 5,
  'subset-selection': 7,
  'count-mean-sketch': 5,
  tree: 10,
  'd-bit-flip': 5,
  piecewise: 150,
  hybrid: 150,
};

/** One case of each mechanism. */
export function lawCases(epsilon: number): readonly Case[] {
  return [...catalogue.values()].map((mechanism) => {
    if (mechanism.answers === 'texts') return smallCases(mechanism, [epsilon]).at(-1) as Case;
    return indexCase(mechanism, epsilon, DOMAIN_SIZES[mechanism.id] ?? 40);
  });
}

export function textsOf({ answers, values }: Case): readonly string[] | undefined {
  return answers === 'texts' ? (values as readonly string[]) : undefined;
}

/** So many installations, more of the first values than of the last, and none of every fifth. */
export function holdersOf({ values }: Case, installations: number): Float64Array {
  const weights = values.map((_, value) => (value % 5 === 4 ? 0 : 1 / (1 + value)));
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return Float64Array.from(weights, (weight) => Math.ceil((installations * weight) / sum));
}

/** What a server holds of as many reports, each made by the real client. */
export function clientState(
  { params, values, client, aggregator }: Case,
  holders: Float64Array,
  source: WordSource,
): State {
  const state = aggregator.empty(params);
  holders.forEach((clients, value) => {
    for (let i = 0; i < clients; i++) {
      aggregator.accumulate(params, state, client.randomize(params, values[value] as never, source));
    }
  });
  return state;
}
