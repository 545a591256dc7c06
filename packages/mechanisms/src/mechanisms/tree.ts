/**
 * Tree: a consistent hierarchical histogram, for quantiles of ordered cells with an interval.
 *
 * Citation: Cormode, Kulkarni, Srivastava 2019, "Answering range queries under local differential privacy", section 4;
 * groups by OUE (Wang, Blocki, Li, Jha 2017, section 4.3). "No event", answered at every
 * level, is ours.
 * Guarantee: epsilon per report. Each report answers at ONE level of the tree, drawn independently of the value and sent
 * in the clear, with all of epsilon: one bit per group of that level and one for "no event"; the own bit is a fair
 * coin, every other is set with q = 1/(e^epsilon + 1).
 * Estimator: least squares over the levels; the share of any neighbouring cells is unbiased. For L levels the variance of
 * a share below a border, times n, is about L^2 2 e^epsilon / (e^epsilon - 1)^2: on average 16, 29 and 42 for 64, 256
 * and 1,024 cells at epsilon 1. Quantiles by going down the tree, their intervals by inverting the test
 * (`estimate/distribution/tree-estimate.ts`).
 * Report: one byte for the level, domainSize bits.
 * Use when: the interval of a quantile must hold for any population and be as short as the noise allows, or epsilon is well
 * below 1 and reports are many.
 * Not when: reports are few and neighbouring cells have similar shares (square wave), or upload must be small.
 */
import { checkInteger, checkReportLength, checkValue } from '../check.js';
import { encodeBytes } from '../encode/report-bytes.js';
import { groupsOf, type TreeShape, treeShape } from '../encode/tree-shape.js';
import { MechanismError } from '../errors.js';
import { addBits } from '../estimate/columns.js';
import { treeQuantileError } from '../estimate/distribution/tree-error.js';
import { estimateTree } from '../estimate/distribution/tree-estimate.js';
import type { TreeCounts } from '../estimate/distribution/tree-sample.js';
import type { Support } from '../estimate/support.js';
import { MICRO, microEpsilon } from '../exact/epsilon.js';
import { flipAbove, ONE } from '../exact/flip.js';
import { lnAbove } from '../exact/logarithm.js';
import { ratio } from '../exact/ratio.js';
import type { Channel, Client, DistributionAggregator, IndexClient, IndexParams, State } from '../mechanism.js';
import { numerator, probability } from '../random/bernoulli.js';
import { type BitChannel, type BitRandomizer, bitChannel, randomizeBits, randomizeOne } from '../random/lanes.js';
import { uniformInt } from '../random/uniform-int.js';
import { checkState, emptyState, mergeStates } from '../state.js';
import { bulkClient } from './_client.js';
import { withAccumulateAll } from './_each.js';

export interface TreeParams extends IndexParams {
  readonly shape: TreeShape;
  /** Bits of a report, per level: one per group, then "no event". */
  readonly levelBits: readonly number[];
  readonly bits: BitChannel;
}

/** The level, then its bits, lowest first; as long as at the widest level, the rest zero. */
export type TreeReport = Uint8Array;

const ID = 'tree';
const MAX_CELLS = 4096;

/**
 * @param options.epsilon - of one report, 0.000001 to 16, at most six decimals
 * @param options.domainSize - 3 to 4,097: cells 0 .. domainSize-2 in order, then "no event"
 * @returns `bits`: p = `set` = 1/2 and q = `unset` = 1/(e^epsilon + 1), rounded up by at most a ten-thousandth of epsilon
 * @throws MechanismError `epsilon-out-of-range`, `domain-size-out-of-range`
 */
export function params(options: { epsilon: number; domainSize: number }): TreeParams {
  const micro = microEpsilon(options.epsilon);
  checkInteger('domain-size-out-of-range', 'domainSize', options.domainSize, 3, MAX_CELLS + 1);
  const shape = treeShape(options.domainSize - 1);
  return Object.freeze({
    mechanism: ID,
    microEpsilon: micro,
    domainSize: options.domainSize,
    reportBytes: 1 + Math.ceil(options.domainSize / 8),
    shape,
    levelBits: Object.freeze(shape.widths.map((_, level) => groupsOf(shape, level) + 1)),
    bits: bitChannel(ONE / 2n, flipAbove(BigInt(micro), BigInt(MICRO))),
  });
}

/** Which bit of a level is a value's own. */
function ownBit(p: TreeParams, level: number, value: number): number {
  if (value === p.domainSize - 1) return (p.levelBits[level] as number) - 1;
  return Math.floor(value / (p.shape.widths[level] as number));
}

function randomizerBy(pass: BitRandomizer): Client<TreeParams, TreeReport> {
  return {
    randomize(p, value, source, _draw, report = new Uint8Array(p.reportBytes)) {
      checkValue(value, p.domainSize);
      const level = uniformInt(source, p.levelBits.length);
      report[0] = level;
      return randomizeOne(pass, source, p.bits, report, 1, p.levelBits[level] as number, ownBit(p, level, value));
    },
    encode: encodeBytes,
  };
}

export const randomizer = /* @__PURE__ */ randomizerBy(randomizeBits);

export const client: IndexClient<TreeParams, TreeReport> = /* @__PURE__ */ bulkClient(ID, randomizerBy, params);

/** Counters of a level begin here: its number of answers, then one per bit. */
function offsetOf({ levelBits }: TreeParams, level: number): number {
  let offset = 0;
  for (let i = 0; i < level; i++) offset += 1 + (levelBits[i] as number);
  return offset;
}

function support({ bits }: TreeParams): Support {
  return { p: probability(bits.set), q: probability(bits.unset) };
}

function countsOf(p: TreeParams, state: State): TreeCounts {
  let none = 0;
  const levels = p.levelBits.map((bits, level) => {
    const start = offsetOf(p, level);
    none += state.counts[start + bits] as number;
    return { answers: state.counts[start] as number, bits: state.counts.subarray(start + 1, start + bits) };
  });
  return { shape: p.shape, support: support(p), n: state.n, none, levels };
}

export const aggregator: DistributionAggregator<TreeParams, TreeReport> = /* @__PURE__ */ withAccumulateAll({
  id: ID,
  decode(p, bytes) {
    checkReportLength(bytes, p.reportBytes);
    const used = p.levelBits[bytes[0] as number];
    if (used === undefined) throw new MechanismError('report-malformed', `a level is below ${p.levelBits.length}`);
    const whole = 1 + (used >> 3);
    let unused = (bytes[whole] ?? 0) >> (used & 7);
    for (let i = whole + 1; i < bytes.length; i++) unused |= bytes[i] as number;
    if (unused !== 0) throw new MechanismError('report-malformed', 'unused bits are zero');
    return bytes.slice();
  },
  empty: (p) => emptyState(p, offsetOf(p, p.levelBits.length)),
  accumulate(p, state, report) {
    state.n++;
    const { counts } = state;
    const start = offsetOf(p, report[0] as number);
    counts[start] = (counts[start] as number) + 1;
    addBits(report, 1, report.length - 1, counts, start + 1);
  },
  merge: (_params, state, other) => mergeStates(state, other),
  distribution(p, state, question) {
    checkState(p, state);
    return estimateTree(countsOf(p, state), question);
  },
  quantileError: (p, n, shares, quantile) => treeQuantileError(p.shape, support(p), n, shares, quantile),
});

export const channel: Channel<TreeParams, TreeReport> = {
  id: ID,
  likelihood(p, value, report) {
    const level = report[0] as number;
    const own = ownBit(p, level, value);
    const used = p.levelBits[level] as number;
    let product = 1n;
    for (let i = 0; i < used; i++) {
      const set = numerator(i === own ? p.bits.set : p.bits.unset);
      const isSet = (((report[1 + (i >> 3)] as number) >> (i & 7)) & 1) === 1;
      product *= isSet ? set : ONE - set;
    }
    return ratio(product, BigInt(p.levelBits.length) * ONE ** BigInt(used));
  },
  *reports(p) {
    for (const [level, used] of p.levelBits.entries()) {
      for (let all = 0; all < 2 ** used; all++) {
        yield Uint8Array.from({ length: p.reportBytes }, (_, i) =>
          i === 0 ? level : Math.floor(all / 256 ** (i - 1)) & 255,
        );
      }
    }
  },
  /** Two values differ in two bits of a level, or in none; with p = 1/2 the worst report gives (1-q)/q. */
  effectiveEpsilon({ bits }) {
    const q = numerator(bits.unset);
    return lnAbove(ONE - q, q);
  },
};
