import {
  type BitChannel,
  type BlockSource,
  bitChannel,
  type IndexParams,
  numerator,
  type Params,
  type State,
  type Threshold,
  threshold,
  type WordSource,
} from '@dither/mechanisms';
import { describe, expect, it } from 'vitest';
import { checkNames, failedChecks } from './mechanism.contract.js';
import {
  ALL,
  type Broken,
  BYTES,
  EXPECTED,
  EXTREMES,
  LARGE,
  LAW,
  MALFORMED,
  MERGE,
  MISMATCH,
  NOTHING,
  PARAMS,
  PRIVACY,
  REFUSALS,
  ROUND_TRIP,
  SAMPLES,
  SUM,
  UNBIASED,
  VALUES,
  WORDS,
  withParts,
} from './support/broken.js';
import { brokenRappor } from './support/broken-rappor.js';
import { type FreshMechanism, freshMechanism } from './support/catalogued.js';

/**
 * Mechanisms broken on purpose: each must fail the checks meant for it, and no others. A contract that a broken
 * mechanism passes says nothing about a sound one.
 */

/** The mechanism with other params, which client, aggregator and channel then share. */
function withParams(mechanism: FreshMechanism, change: (params: IndexParams) => IndexParams): FreshMechanism {
  const params: FreshMechanism['client']['params'] = (options) =>
    Object.freeze(change(mechanism.client.params(options)));
  return withParts(mechanism, { client: { params } });
}

function thresholdOf(params: Params, name: string): Threshold {
  return (params as unknown as Record<string, Threshold>)[name] as Threshold;
}

/** The probabilities of own and other bits exchanged. */
function swapped(params: Params) {
  const { set, unset } = (params as Params & { readonly bits: BitChannel }).bits;
  return bitChannel(numerator(unset), numerator(set));
}

/** The coin of GRR, and the word it took. */
function coin(params: Params, source: WordSource): { isKept: boolean; word: number } {
  const { high, low } = thresholdOf(params, 'keep');
  const word = source.next();
  return { isKept: word < high || (word === high && source.next() < low), word };
}

/** Of words that are reserved, the bit of the first lane is always zero. */
function withoutLastBit(source: BlockSource): BlockSource {
  return {
    next: () => source.next(),
    reserve(count) {
      const at = source.reserve(count);
      for (let i = at; i < at + count; i++) source.block[i] = (source.block[i] as number) & ~1;
      return at;
    },
    get block() {
      return source.block;
    },
  };
}

/** A client that draws in another way, but refuses what it refused. */
function drawing(mechanism: FreshMechanism, draw: FreshMechanism['client']['randomize']): FreshMechanism {
  return withParts(mechanism, {
    client: {
      randomize: (params, value, source) =>
        value in new Uint8Array(params.domainSize)
          ? draw(params, value, source)
          : mechanism.client.randomize(params, value, source),
    },
  });
}

const rr = freshMechanism('rr');
const grr = freshMechanism('grr');
const oue = freshMechanism('oue');
const sue = freshMechanism('sue');
const oneBitMean = freshMechanism('one-bit-mean');

const broken: readonly Broken[] = [
  {
    name: 'a client with p and q swapped',
    mechanism: withParts(rr, {
      client: { randomize: (params, value, source) => 1 - Number(rr.client.randomize(params, value, source)) },
    }),
    fails: [LAW, SAMPLES],
  },
  {
    name: 'an estimator with p and q swapped',
    mechanism: withParts(rr, {
      aggregator: {
        estimate: (params, state, confidence) => {
          const swapped = { ...state, counts: state.counts.map((count) => state.n - count) };
          return rr.aggregator.estimate(params, swapped, confidence);
        },
      },
    }),
    fails: [UNBIASED, EXPECTED],
  },
  {
    name: 'params with the thresholds of own and other bits swapped',
    mechanism: withParams(oue, (params) => Object.assign({ ...params }, { bits: swapped(params) })),
    fails: [PRIVACY, UNBIASED, EXPECTED],
  },
  {
    name: 'a threshold cut to 32 bits and rounded up',
    mechanism: withParams(rr, (params) => ({ ...params, truth: coarse(thresholdOf(params, 'truth')) }) as IndexParams),
    fails: [PRIVACY],
  },
  {
    name: 'a threshold a part in 10^12 above what epsilon allows',
    mechanism: withParams(rr, (params) => ({ ...params, truth: above(params) }) as IndexParams),
    fails: [PRIVACY],
  },
  {
    name: 'an effective epsilon that is only declared',
    mechanism: withParts(sue, { channel: { effectiveEpsilon: (params) => params.microEpsilon / 1e6 } }),
    fails: [PRIVACY],
  },
  {
    name: 'a report impossible for one value: it tells the truth when asked about value 0',
    mechanism: withParts(grr, {
      client: { randomize: (params, value, source) => (value === 0 ? 0 : grr.client.randomize(params, value, source)) },
      channel: {
        likelihood: (params, value, report) =>
          value === 0
            ? { numerator: BigInt(report === 0), denominator: 1n }
            : grr.channel.likelihood(params, value, report),
      },
    }),
    fails: [PRIVACY, WORDS, UNBIASED, EXPECTED],
  },
  {
    name: 'likelihoods out of a rounded total',
    mechanism: withParts(grr, {
      channel: {
        likelihood(params, value, report) {
          const { numerator, denominator } = grr.channel.likelihood(params, value, report);
          return { numerator, denominator: denominator - 1n };
        },
      },
    }),
    fails: [SUM, LAW],
  },
  {
    name: 'a remainder instead of a rejection: biased by 2^-32',
    mechanism: drawing(grr, (params, value, source) => {
      const { isKept } = coin(params, source);
      return isKept ? value : source.next() % params.domainSize;
    }),
    fails: [LAW],
  },
  {
    name: 'a coin of 32 bits instead of 64',
    mechanism: drawing(rr, (params, value, source) =>
      source.next() < thresholdOf(params, 'truth').high ? value : 1 - value,
    ),
    fails: [LAW],
  },
  {
    name: 'one word used for the coin and again for the other value',
    mechanism: drawing(grr, (params, value, source) => {
      const { isKept, word } = coin(params, source);
      return isKept ? value : word % params.domainSize;
    }),
    fails: [LAW],
  },
  {
    name: 'a client that draws a word more unless the value is 0',
    mechanism: drawing(rr, (params, value, source) => {
      if (value > 0) source.next();
      return rr.client.randomize(params, value, source);
    }),
    fails: [WORDS],
  },
  {
    name: 'a client that uses 31 bits of each word',
    mechanism: drawing(oue, (params, value, source) =>
      oue.client.randomize(params, value, withoutLastBit(source as BlockSource)),
    ),
    fails: [LAW, SAMPLES],
  },
  {
    name: 'a question that depends on the value',
    mechanism: drawing(oneBitMean, (params, value, source) => {
      const report = Number(oneBitMean.client.randomize(params, value, source));
      return value === 0 ? 2 + (report % 2) : report;
    }),
    fails: [LAW, SAMPLES],
  },
  {
    name: 'a client that takes any value',
    mechanism: withParts(oue, {
      client: {
        randomize: (params, value, source) =>
          oue.client.randomize(params, value >= 0 && value < params.domainSize ? Math.floor(value) : 0, source),
      },
    }),
    fails: [VALUES],
  },
  {
    name: 'an estimator that clips before averaging',
    mechanism: withParts(sue, {
      aggregator: {
        estimate: (params, state, confidence) =>
          sue.aggregator
            .estimate(params, state, confidence)
            .map((estimate) => ({ ...estimate, value: Math.min(1, Math.max(0, estimate.value)) })),
      },
    }),
    fails: [UNBIASED],
  },
  {
    name: 'an estimator one part in a million off',
    mechanism: withParts(grr, {
      aggregator: {
        estimate: (params, state, confidence) =>
          grr.aggregator
            .estimate(params, state, confidence)
            .map((estimate) => ({ ...estimate, value: estimate.value * (1 + 1e-6) + 1e-6 })),
      },
    }),
    fails: [UNBIASED, EXPECTED],
  },
  {
    name: 'the variance of rare values for all values',
    mechanism: withParts(oue, {
      aggregator: {
        variance: (params, shares, n) => oue.aggregator.variance(params, new Float64Array(shares.length), n),
      },
    }),
    fails: [UNBIASED],
  },
  {
    name: 'an estimate of zero from no reports',
    mechanism: withParts(rr, {
      aggregator: {
        estimate: (params, state, confidence) =>
          rr.aggregator
            .estimate(params, state, confidence)
            .map((estimate) => (state.n === 0 ? { ...estimate, value: 0 } : estimate)),
      },
    }),
    fails: [NOTHING],
  },
  {
    name: 'a merge that forgets n',
    mechanism: withParts(rr, {
      aggregator: {
        merge(params, state, other) {
          const { n } = state;
          rr.aggregator.merge(params, state, other);
          state.n = Math.max(n, 1);
        },
      },
    }),
    fails: [MERGE],
  },
  {
    name: 'a merge that adds anything',
    mechanism: withParts(rr, {
      aggregator: {
        merge(_params: Params, state: State, other: State) {
          state.n += other.n;
          other.counts.forEach((count, i) => {
            state.counts[i] = (state.counts[i] ?? 0) + count;
          });
        },
      },
    }),
    fails: [MISMATCH],
  },
  {
    name: 'a counter that is not a whole number',
    mechanism: withParts(grr, {
      aggregator: {
        accumulate(params, state, report) {
          grr.aggregator.accumulate(params, state, report);
          state.counts[0] = (state.counts[0] as number) + 0.125;
        },
      },
    }),
    fails: [UNBIASED, EXPECTED, BYTES, ALL],
  },
  {
    name: 'a decoder off by one',
    mechanism: withParts(grr, {
      aggregator: {
        decode: (params, bytes) => (Number(grr.aggregator.decode(params, bytes)) + 1) % params.domainSize,
      },
    }),
    fails: [ROUND_TRIP, MALFORMED, LARGE],
  },
  {
    name: 'an aggregator that forgets the last of many reports',
    mechanism: withParts(grr, {
      aggregator: {
        accumulateAll: (params, state, bytes) =>
          grr.aggregator.accumulateAll(
            params,
            state,
            bytes.subarray(0, Math.max(0, bytes.length - params.reportBytes)),
          ),
      },
    }),
    fails: [ALL],
  },
  {
    name: 'a decoder that ignores padding',
    mechanism: withParts(oue, {
      aggregator: {
        decode(params, bytes) {
          const masked = bytes.slice();
          const used = params.domainSize % 8;
          const last = masked.length - 1;
          if (used !== 0 && last >= 0) masked[last] = (masked[last] as number) & ((1 << used) - 1);
          return oue.aggregator.decode(params, masked);
        },
      },
    }),
    fails: [MALFORMED],
  },
  {
    name: 'a decoder that keeps hold of the bytes',
    mechanism: withParts(oue, {
      aggregator: {
        decode(params, bytes) {
          oue.aggregator.decode(params, bytes);
          return bytes;
        },
      },
    }),
    fails: [ROUND_TRIP],
  },
  {
    name: 'a decoder that takes any length',
    mechanism: withParts(rr, {
      aggregator: { decode: (params, bytes) => rr.aggregator.decode(params, bytes.slice(0, params.reportBytes)) },
    }),
    fails: [MALFORMED],
  },
  {
    name: 'two bytes a report beyond 256 values, but one promised',
    mechanism: withParams(grr, (params) => (params.domainSize > 256 ? { ...params, reportBytes: 1 } : params)),
    fails: [LARGE],
  },
  {
    name: 'params that can be changed',
    mechanism: withParts(rr, { client: { params: (options) => ({ ...rr.client.params(options) }) } }),
    fails: [PARAMS],
  },
  {
    name: 'an epsilon rounded instead of refused',
    mechanism: withParts(rr, {
      client: {
        params: ({ epsilon, domainSize }) =>
          rr.client.params({
            epsilon: Number.isFinite(epsilon) ? Math.round(epsilon * 1e6) / 1e6 : epsilon,
            domainSize,
          }),
      },
    }),
    fails: [REFUSALS],
  },
  {
    name: 'a variance that forgets epsilon',
    mechanism: withParts(oue, { aggregator: { variance: (_params, shares) => Float64Array.from(shares, () => 1) } }),
    fails: [UNBIASED, EXTREMES],
  },
  ...brokenRappor,
];

/** Kept to 32 bits, rounded up. */
function coarse({ high }: Threshold): Threshold {
  return threshold(BigInt(high + 1) << 32n);
}

/** A p for which p/(1-p) is above e^epsilon, by a part in 10^12. */
function above(params: Params): Threshold {
  const e = Math.exp(params.microEpsilon / 1e6) * (1 + 1e-12);
  return threshold(BigInt(Math.floor((e / (e + 1)) * 2 ** 53)) << 11n);
}

describe('the contract', () => {
  for (const { name, mechanism, fails } of broken) {
    it(`refuses ${name}`, () => {
      expect(failedChecks(mechanism)).toEqual(fails);
    });
  }

  it('has a broken mechanism for every check', () => {
    const seen = new Set(broken.flatMap(({ fails }) => fails));
    expect(checkNames.filter((name) => !seen.has(name))).toEqual([]);
  });
});
