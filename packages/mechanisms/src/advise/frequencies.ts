import type { FrequencyAggregator, FrequencyMechanism, IndexParams } from '../mechanism.js';
import { answeredShares } from './answered.js';
import { type Asked, detectionLimit, errorAtEven, leastAnswered } from './frequency-error.js';
import { declare, type Explained, type IndexSituation } from './situation.js';

/** An error this much above that for half as many values, or for a few, is said to grow with their number. */
const GROWS = 1.2;
const FEW = 64;

/** How well a mechanism answers for shares or a mean; undefined if it does not. */
export function frequencyCandidate(mechanism: FrequencyMechanism, situation: IndexSituation): Explained | undefined {
  const declared = declare<IndexParams>(mechanism, situation, { domainSize: situation.domainSize });
  if (declared === undefined) return undefined;
  const { params, options } = declared;
  const { aggregator } = mechanism;
  const asked = askedOf(mechanism, params, situation);
  if (asked.indices.length === 0) return undefined;
  const standardError = errorAtEven(asked);
  return {
    mechanism: mechanism.id,
    options,
    reportBytes: params.reportBytes,
    counters: aggregator.empty(params).counts.length,
    standardError,
    detectionLimit: detectionLimit(asked),
    also: othersOf(asked),
    cause: () => partCause(asked) ?? sizeCause(mechanism, situation, standardError),
  };
}

function askedOf(mechanism: FrequencyMechanism, params: IndexParams, { question, n }: IndexSituation): Asked {
  const { aggregator } = mechanism;
  const indices = indicesOf(aggregator, params, question);
  return { aggregator, params, indices, answered: answeredShares(mechanism, params), n };
}

/** Quantities that answer the question. Those of a distribution are not listed: there may be a million. */
function indicesOf(
  aggregator: FrequencyAggregator,
  params: IndexParams,
  question: IndexSituation['question'],
): readonly number[] {
  if (aggregator.isDistribution) {
    return question === 'shares' ? Array.from({ length: params.domainSize }, (_, index) => index) : [];
  }
  const asked = { shares: 'frequency', mean: 'mean', quantiles: undefined }[question];
  return aggregator.quantities(params).flatMap(({ name }, index) => (name === asked ? [index] : []));
}

/** Names of what else is estimated. */
function othersOf({ aggregator, params, indices }: Asked): readonly string[] {
  if (aggregator.isDistribution) return [];
  return aggregator.quantities(params).flatMap(({ name }, index) => (indices.includes(index) ? [] : [name]));
}

/** Said of a mechanism whose reports do not all answer. */
function partCause(asked: Asked): string | undefined {
  const { part } = leastAnswered(asked);
  if (part === 1) return undefined;
  const others = othersOf(asked);
  const what = others.length === 0 ? 'say anything of a value' : `answer this, the others ${others.join(' or ')}`;
  return `only ${(100 * part).toFixed(0)}% of its reports ${what}`;
}

/** Said of a mechanism that does better with fewer values. */
function sizeCause(
  mechanism: FrequencyMechanism,
  situation: IndexSituation,
  standardError: number,
): string | undefined {
  if (situation.question !== 'shares' || situation.domainSize < 4) return undefined;
  const domainSize = Math.min(FEW, Math.ceil(situation.domainSize / 2));
  const fewer = declare<IndexParams>(mechanism, situation, { domainSize })?.params;
  if (fewer === undefined) return undefined;
  const isGrowing = standardError > GROWS * errorAtEven(askedOf(mechanism, fewer, situation));
  return isGrowing ? 'it grows with the number of values' : undefined;
}
