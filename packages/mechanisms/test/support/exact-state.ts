import {
  type BitChannel,
  type FrequencyMechanism,
  type IndexParams,
  probability,
  type Ratio,
  type State,
  type Threshold,
  toNumber,
} from '@dither/mechanisms';
import { sampleBinomial, sampleMultinomial, type Uniform } from './binomial-sampler.js';

/**
 * Draws the state that a population of clients leaves: exactly its law (of subset selection that of each counter), in time that
 * hardly depends on how many there are.
 */
export type StateSampler = (uniform: Uniform) => State;

/**
 * @param holders - of each value how many clients hold it, one report each; of two stages, of different epochs. Under public
 *   draws each report has one of its own, uniform.
 */
export function stateSampler(
  mechanism: FrequencyMechanism,
  params: IndexParams,
  holders: ArrayLike<number>,
): StateSampler {
  const bits = BITS[mechanism.id]?.(params as AnyParams);
  return bits === undefined ? symbolStates(mechanism, params, holders) : bitStates(mechanism, params, holders, bits);
}

/** Reports of so many bits, each set by itself. */
interface Bits {
  /** A report is of one of these, all as likely, whatever the value. */
  readonly groups: number;
  readonly lanes: number;
  /** The bit that a value calls its own, or -1. */
  readonly ownLane: (group: number, value: number) => number;
  /** Chance that a bit is set: the value's own, and another. */
  readonly set: number;
  readonly unset: number;
  /** Counts `yes` set bits out of `answers`. */
  readonly count: (counts: Float64Array, group: number, lane: number, yes: number, answers: number) => void;
}

/** What the mechanisms below have among their params, each some of it. */
interface AnyParams extends IndexParams {
  readonly bits: BitChannel;
  readonly permanent: BitChannel;
  readonly instantaneous: BitChannel;
  readonly pool: { readonly rows: number; readonly cells: number; cellOf(row: number, value: number): number };
  readonly truth: Threshold;
  readonly own: Threshold;
  readonly weight: number;
  readonly sets: number;
  readonly sampled: number;
}

function add(counts: Float64Array, at: number, count: number): void {
  counts[at] = (counts[at] as number) + count;
}

function unary(params: IndexParams, set: number, unset: number): Bits {
  return {
    groups: 1,
    lanes: params.domainSize,
    ownLane: (_group, value) => value,
    set,
    unset,
    count: (counts, _group, lane, yes) => add(counts, lane, yes),
  };
}

const oneStage = (params: AnyParams) => unary(params, probability(params.bits.set), probability(params.bits.unset));

/** Mechanisms with so many reports that each cannot be looked at. */
const BITS: { readonly [id: string]: (params: AnyParams) => Bits } = {
  sue: oneStage,
  oue: oneStage,
  'l-osue'(params) {
    const { permanent, instantaneous } = params;
    const then = (stored: number) =>
      stored * probability(instantaneous.set) + (1 - stored) * probability(instantaneous.unset);
    return unary(params, then(probability(permanent.set)), then(probability(permanent.unset)));
  },
  /** Of each value by itself: a subset's members are not independent, and estimates of several values are not to be compared. */
  'subset-selection'(params) {
    const { domainSize, own, weight } = params;
    const p = probability(own);
    return unary(params, p, (weight - p) / (domainSize - 1));
  },
  'count-mean-sketch': ({ bits, pool }) => ({
    groups: pool.rows,
    lanes: pool.cells,
    ownLane: pool.cellOf,
    set: probability(bits.set),
    unset: probability(bits.unset),
    count: (counts, row, cell, yes) => add(counts, row * pool.cells + cell, yes),
  }),
  'd-bit-flip': ({ domainSize, sampled, sets, truth }) => ({
    groups: sets,
    lanes: sampled,
    ownLane(set, value) {
      const lane = (value + domainSize - ((set * sampled) % domainSize)) % domainSize;
      return lane < sampled ? lane : -1;
    },
    set: probability(truth),
    unset: 1 - probability(truth),
    count(counts, set, lane, yes, answers) {
      const bucket = (set * sampled + lane) % domainSize;
      add(counts, 2 * bucket, answers);
      add(counts, 2 * bucket + 1, yes);
    },
  }),
};

/** In each group, who owns a bit sets it by one chance and everybody else by the other: sums of two binomials, independent. */
function bitStates(
  { aggregator }: FrequencyMechanism,
  params: IndexParams,
  holders: ArrayLike<number>,
  bits: Bits,
): StateSampler {
  const { groups, lanes, ownLane, set, unset, count } = bits;
  const even = new Float64Array(groups).fill(1 / groups);
  const lane = Int32Array.from({ length: groups * holders.length }, (_, i) =>
    ownLane(i % groups, Math.floor(i / groups)),
  );
  return (uniform) => {
    const state = aggregator.empty(params);
    const owners = new Float64Array(groups * lanes);
    const answers = new Float64Array(groups);
    for (let value = 0; value < holders.length; value++) {
      spread(uniform, holders[value] as number, even, (group, clients) => {
        answers[group] = (answers[group] as number) + clients;
        const own = lane[value * groups + group] as number;
        if (own >= 0) add(owners, group * lanes + own, clients);
      });
    }
    state.n = answers.reduce((sum, clients) => sum + clients, 0);
    for (let i = 0; i < owners.length; i++) {
      const group = Math.floor(i / lanes);
      const own = owners[i] as number;
      const all = answers[group] as number;
      const yes = sampleBinomial(uniform, own, set) + sampleBinomial(uniform, all - own, unset);
      count(state.counts, group, i % lanes, yes, all);
    }
    return state;
  };
}

/** How `clients` fall on places of these chances, which sum to one: few of them each by itself, many by binomials. */
function spread(
  uniform: Uniform,
  clients: number,
  chances: Float64Array,
  count: (place: number, clients: number) => void,
): void {
  if (clients === 0) return;
  if (clients < chances.length) {
    const cumulative = cumulated(chances);
    for (let i = 0; i < clients; i++) count(placeOf(cumulative, uniform()), 1);
    return;
  }
  sampleMultinomial(uniform, clients, chances).forEach((drawn, place) => {
    if (drawn > 0) count(place, drawn);
  });
}

const sums = new WeakMap<Float64Array, Float64Array>();

function cumulated(chances: Float64Array): Float64Array {
  const known = sums.get(chances);
  if (known !== undefined) return known;
  let sum = 0;
  const cumulative = chances.map((chance) => {
    sum += chance;
    return sum;
  });
  sums.set(chances, cumulative);
  return cumulative;
}

/** The first place whose cumulated chance is above u. */
function placeOf(cumulative: Float64Array, u: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] as number) > u) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** What is left of a value's law without the part that all values share. */
interface Rest {
  readonly symbols: Int32Array;
  readonly chances: Float64Array;
}

/**
 * A report is a number, and the state counts each. What is common to the laws of all values, their minimum, is drawn once for
 * all clients that come to it, and for each value only what it has beyond: of many reports these are few.
 */
function symbolStates(
  { aggregator, channel }: FrequencyMechanism,
  params: IndexParams,
  holders: ArrayLike<number>,
): StateSampler {
  const reports = [...channel.reports(params)];
  if (!reports.every((report, i) => report === i) || aggregator.empty(params).counts.length !== reports.length) {
    throw new Error(`no exact law of the states of ${params.mechanism}`);
  }
  const toChance = remembered();
  const laws = Array.from({ length: holders.length }, (_, value) =>
    Float64Array.from(reports, (report) => toChance(channel.likelihood(params, value, report))),
  );
  const common = Float64Array.from(reports, (_, i) =>
    laws.reduce((least, law) => Math.min(least, law[i] as number), 1),
  );
  const [shared, mass] = normalized(common);
  const rests = laws.map((law) => restOf(law, common));
  return (uniform) => {
    const state = aggregator.empty(params);
    let together = 0;
    for (let value = 0; value < rests.length; value++) {
      const all = holders[value] as number;
      const own = sampleBinomial(uniform, all, 1 - mass);
      together += all - own;
      state.n += all;
      const { symbols, chances } = rests[value] as Rest;
      spread(uniform, own, chances, (place, clients) => add(state.counts, symbols[place] as number, clients));
    }
    spread(uniform, together, shared, (symbol, clients) => add(state.counts, symbol, clients));
    return state;
  };
}

function restOf(law: Float64Array, common: Float64Array): Rest {
  const symbols = Int32Array.from(law.keys()).filter((i) => (law[i] as number) > (common[i] as number));
  const [chances] = normalized(Float64Array.from(symbols, (i) => (law[i] as number) - (common[i] as number)));
  return { symbols, chances };
}

/** The numbers over their sum, and the sum. */
function normalized(numbers: Float64Array): readonly [Float64Array, number] {
  const sum = numbers.reduce((a, b) => a + b, 0);
  return [numbers.map((x) => x / sum), sum];
}

/** A law has few different chances, and to convert one is dear. */
function remembered(): (chance: Ratio) => number {
  const known = new Map<bigint, { readonly denominator: bigint; readonly chance: number }>();
  return (exact) => {
    const found = known.get(exact.numerator);
    if (found?.denominator === exact.denominator) return found.chance;
    const chance = toNumber(exact);
    known.set(exact.numerator, { denominator: exact.denominator, chance });
    return chance;
  };
}
