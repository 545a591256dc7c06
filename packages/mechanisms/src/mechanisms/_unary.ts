import { checkReportLength, checkValue } from '../check.js';
import { MechanismError } from '../errors.js';
import { type Ratio, ratio, times } from '../exact/ratio.js';
import type { Channel, FrequencyAggregator, IndexClient, IndexParams, MakeParams, State } from '../mechanism.js';
import { bernoulli, numerator, probability, type Threshold } from '../random/bernoulli.js';
import type { WordSource } from '../random/word-source.js';
import { frequencyAggregator } from './_frequency.js';

/**
 * What SUE and OUE share: a report is one bit per value, set with probability `keep` for the client's own value
 * and `other` for each other value, independently. They differ in the two thresholds alone.
 */
export interface UnaryParams extends IndexParams {
  readonly keep: Threshold;
  readonly other: Threshold;
}

const ONE = 1n << 64n;

export const MAX_UNARY_DOMAIN = 65_536;

function randomize(params: UnaryParams, value: number, source: WordSource): Uint8Array {
  checkValue(value, params.domainSize);
  const bits = new Uint8Array(params.reportBytes);
  for (let i = 0; i < params.domainSize; i++) {
    if (bernoulli(source, i === value ? params.keep : params.other)) {
      bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7));
    }
  }
  return bits;
}

function decode(params: UnaryParams, bytes: Uint8Array): Uint8Array {
  checkReportLength(bytes, params.reportBytes);
  const used = params.domainSize & 7;
  if (used !== 0 && (bytes[bytes.length - 1] as number) >> used !== 0) {
    throw new MechanismError('report-malformed', 'unused bits of the last byte are zero');
  }
  return bytes.slice();
}

function accumulate(_params: UnaryParams, state: State, bits: Uint8Array): void {
  state.n++;
  for (let i = 0; i < bits.length; i++) {
    for (let rest = bits[i] as number; rest !== 0; rest &= rest - 1) {
      const index = 8 * i + 31 - Math.clz32(rest & -rest);
      state.counts[index] = (state.counts[index] as number) + 1;
    }
  }
}

/** P[bit = bitAt | threshold] of one bit. */
function bitLikelihood(t: Threshold, isSet: boolean): Ratio {
  return ratio(isSet ? numerator(t) : ONE - numerator(t), ONE);
}

export function unaryClient(id: string, params: MakeParams<UnaryParams>): IndexClient<UnaryParams, Uint8Array> {
  return { id, params, randomize, encode: (_params, bits) => bits };
}

export function unaryAggregator(
  id: string,
  params: MakeParams<UnaryParams>,
): FrequencyAggregator<UnaryParams, Uint8Array> {
  const support = (p: UnaryParams) => ({ p: probability(p.keep), q: probability(p.other) });
  return frequencyAggregator({ id, params, decode, accumulate, support });
}

export function unaryChannel(
  id: string,
  effectiveEpsilon: (params: UnaryParams) => number,
): Channel<UnaryParams, Uint8Array> {
  return {
    id,
    likelihood(params, value, bits) {
      let product = ratio(1n, 1n);
      for (let i = 0; i < params.domainSize; i++) {
        const isSet = (((bits[i >> 3] as number) >> (i & 7)) & 1) === 1;
        product = times(product, bitLikelihood(i === value ? params.keep : params.other, isSet));
      }
      return product;
    },
    *reports(params) {
      for (let all = 0; all < 2 ** params.domainSize; all++) {
        yield Uint8Array.from({ length: params.reportBytes }, (_, i) => Math.floor(all / 256 ** i) & 255);
      }
    },
    effectiveEpsilon,
  };
}
