import type { Params } from '@dither/mechanisms';
import * as bits from './bit-laws.js';
import type { Draw } from './draw.js';
import * as hadamard from './hadamard-laws.js';
import * as numbers from './number-laws.js';
import * as pools from './pool-laws.js';
import type { ExactSampler } from './sampler.js';
import * as symbols from './symbol-laws.js';

interface Entry {
  readonly law: ExactSampler['law'];
  /** @param texts - as of `exactSampler` */
  readonly drawOf: (params: Params, texts: readonly string[]) => Draw;
}

/** Whoever looks an entry up by the id of a mechanism has params of that mechanism. */
type DrawOf = (params: never, texts: readonly string[]) => Draw;
const joint = (drawOf: DrawOf): Entry => ({ law: 'joint', drawOf: drawOf as Entry['drawOf'] });
const marginal = (drawOf: DrawOf): Entry => ({ ...joint(drawOf), law: 'marginal' });

/** The law of each mechanism's state, by id. */
export const laws: Readonly<Record<string, Entry>> = {
  rr: joint(numbers.rr),
  grr: joint(symbols.grr),
  sue: joint(bits.unary),
  oue: joint(bits.unary),
  'subset-selection': marginal(bits.subsetSelection),
  'local-hashing': joint(pools.localHashing),
  'count-mean-sketch': joint(pools.countMeanSketch),
  'hadamard-count-mean-sketch': joint(hadamard.hadamardCountMeanSketch),
  'hadamard-response': joint(hadamard.hadamardResponse),
  'projective-geometry': joint(symbols.projectiveGeometry),
  'recursive-hadamard': joint(hadamard.recursiveHadamard),
  'one-bit-mean': joint(numbers.oneBitMean),
  duchi: joint(numbers.duchi),
  piecewise: joint(numbers.piecewise),
  hybrid: joint(numbers.hybrid),
  tree: joint(bits.tree),
  'square-wave': joint(symbols.squareWave),
  'l-grr': joint(symbols.lGrr),
  'l-osue': joint(bits.lOsue),
  loloha: joint(symbols.loloha),
  'd-bit-flip': joint(bits.dBitFlip),
  'one-time-rappor': joint(bits.oneTimeRappor),
  rappor: joint(bits.rappor),
};
