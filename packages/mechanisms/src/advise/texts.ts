import type { TextMechanism } from '../mechanism.js';
import { declare, type Explained, type Filter, type TextSituation } from './situation.js';
import { smallestTold } from './smallest-told.js';

const MAX_HASHES = 4;
const MAX_BITS = 1024;

/**
 * How well rare texts are known with each filter that fits.
 *
 * More hashes divide epsilon among more bits: two have about 1.5 times the error of one in the same bits. More bits collide
 * less, 1/(1 - h/k) in the variance, which soon brings nothing.
 */
export function textCandidates(mechanism: TextMechanism, situation: TextSituation): readonly Explained[] {
  return filters(situation).flatMap((filter) => {
    const declared = declare(mechanism, situation, { ...filter, cohorts: situation.cohorts });
    if (declared === undefined) return [];
    const { params, options } = declared;
    const standardError = mechanism.aggregator.rareError(params, situation.n);
    return [
      {
        mechanism: mechanism.id,
        options: { ...options, ...filter },
        reportBytes: params.reportBytes,
        counters: mechanism.aggregator.empty(params).counts.length,
        standardError,
        detectionLimit: smallestTold(() => standardError),
        also: [],
        cause: () => causeOf(filter),
      },
    ];
  });
}

/** Whole bytes of filter, doubling, and all that fit; and the one that is asked for. */
function filters({ cohorts, filter, maxBytes = Number.POSITIVE_INFINITY }: TextSituation): readonly Filter[] {
  const room = Math.min(MAX_BITS, 8 * Math.floor(maxBytes - (cohorts <= 256 ? 1 : 2)));
  const sizes: number[] = [];
  for (let bits = 8; bits < room; bits *= 2) sizes.push(bits);
  if (room >= 8) sizes.push(room);
  const hashes = Array.from({ length: MAX_HASHES }, (_, i) => i + 1);
  const tried = sizes.flatMap((bits) => hashes.filter((h) => bits >= 2 * h).map((h) => ({ bits, hashes: h })));
  const isTried = tried.some((one) => one.bits === filter?.bits && one.hashes === filter.hashes);
  return filter === undefined || isTried ? tried : [...tried, filter];
}

function causeOf({ bits, hashes }: Filter): string {
  return hashes > 1 ? `epsilon is divided among ${hashes} hashes` : `in ${bits} bits texts collide more`;
}
