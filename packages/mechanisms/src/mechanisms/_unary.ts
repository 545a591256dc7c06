import { checkReportLength, checkReports, checkValue } from '../check.js';
import { isPadded, isSet } from '../encode/bits.js';
import { encodeBytes } from '../encode/report-bytes.js';
import { MechanismError } from '../errors.js';
import { addBits, addColumns } from '../estimate/columns.js';
import { type Ratio, ratio, times } from '../exact/ratio.js';
import type { Channel, Client, FrequencyAggregator, IndexParams, State } from '../mechanism.js';
import { probability } from '../random/bernoulli.js';
import { type BitChannel, randomizeBits, randomizeOne } from '../random/lanes.js';
import { numerators, outcome } from './_bits.js';
import { frequencyAggregator } from './_frequency.js';

/**
 * What SUE and OUE share: a report is one bit per value, set with probability `bits.set` for the client's own value
 * and `bits.unset` for each other value, independently. They differ in the two probabilities alone.
 */
export interface UnaryParams extends IndexParams {
  readonly bits: BitChannel;
}

export const MAX_UNARY_DOMAIN = 1_048_576;

/** Throws `report-malformed` unless the bits that no value has are zero, of the report that begins at byte `from`. */
function checkPadding({ domainSize }: IndexParams, bytes: Uint8Array, from: number): void {
  if (!isPadded(bytes, domainSize, from)) {
    throw new MechanismError('report-malformed', 'unused bits of the last byte are zero');
  }
}

export function decodeUnary(params: IndexParams, bytes: Uint8Array): Uint8Array {
  checkReportLength(bytes, params.reportBytes);
  checkPadding(params, bytes, 0);
  return bytes.slice();
}

export function countUnary({ reportBytes }: IndexParams, state: State, bits: Uint8Array): void {
  state.n++;
  addBits(bits, 0, reportBytes, state.counts);
}

export function countAllUnary(params: IndexParams, state: State, bytes: Uint8Array): void {
  const { reportBytes } = params;
  const reports = checkReports(bytes, reportBytes);
  for (let i = 0; i < reports; i++) checkPadding(params, bytes, i * reportBytes);
  state.n += reports;
  addColumns(bytes, reportBytes, state.counts);
}

/** @param chance - of what is asked about the bit of one value, given whether that is the client's own */
export function productOverValues(
  { domainSize }: IndexParams,
  value: number,
  chance: (bit: number, isOwn: boolean) => Ratio,
): Ratio {
  let product = ratio(1n, 1n);
  for (let bit = 0; bit < domainSize; bit++) product = times(product, chance(bit, bit === value));
  return product;
}

/** Every report, for small domains. */
export function* everyUnaryReport({ domainSize, reportBytes }: IndexParams): Generator<Uint8Array> {
  for (let all = 0; all < 2 ** domainSize; all++) {
    yield Uint8Array.from({ length: reportBytes }, (_, i) => Math.floor(all / 256 ** i) & 255);
  }
}

export function unaryRandomizer(pass = randomizeBits): Client<UnaryParams, Uint8Array> {
  return {
    randomize(params, value, source, _draw, reuse = new Uint8Array(params.reportBytes)) {
      checkValue(value, params.domainSize);
      return randomizeOne(pass, source, params.bits, reuse, 0, params.domainSize, value);
    },
    encode: encodeBytes,
  };
}

export function unaryAggregator(id: string): FrequencyAggregator<UnaryParams, Uint8Array> {
  const support = ({ bits }: UnaryParams) => ({ p: probability(bits.set), q: probability(bits.unset) });
  return frequencyAggregator({
    id,
    decode: decodeUnary,
    accumulate: countUnary,
    accumulateAll: countAllUnary,
    support,
  });
}

export function unaryChannel(
  id: string,
  effectiveEpsilon: (params: UnaryParams) => number,
): Channel<UnaryParams, Uint8Array> {
  return {
    id,
    likelihood(params, value, bits) {
      const { set, unset } = numerators(params.bits);
      return productOverValues(params, value, (bit, isOwn) => outcome(isOwn ? set : unset, isSet(bits, bit)));
    },
    reports: everyUnaryReport,
    effectiveEpsilon,
  };
}
