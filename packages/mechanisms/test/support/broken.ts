import type { Mechanism } from '@dither/mechanisms';
import type { CheckName } from '../mechanism.contract.js';

/** A mechanism broken on purpose, and the checks that it must fail: these and no others. */
export interface Broken {
  readonly name: string;
  readonly mechanism: Mechanism;
  readonly fails: readonly CheckName[];
}

/** The mechanism with parts replaced. */
export function withParts<M extends Mechanism>(
  mechanism: M,
  parts: {
    client?: Partial<M['client']>;
    aggregator?: Partial<M['aggregator']>;
    channel?: Partial<M['channel']>;
  },
): M {
  return {
    ...mechanism,
    client: { ...mechanism.client, ...parts.client },
    aggregator: { ...mechanism.aggregator, ...parts.aggregator },
    channel: { ...mechanism.channel, ...parts.channel },
  };
}

export const PRIVACY = 'keeps its epsilon, by enumeration of the channel';
export const SUM = 'has likelihoods that sum to one';
export const LAW = 'has a client whose exact law is the channel';
export const STAGES = 'stores and repeats within its declared epsilons';
export const WORDS = 'draws a number of words whose law is the same for every value';
export const SAMPLES = 'samples as the channel says';
export const VALUES = 'refuses values outside the domain';
export const UNBIASED = 'is unbiased with the stated variance, by enumeration';
export const EXPECTED = 'estimates the truth from the expected state';
export const NOTHING = 'knows nothing from no reports';
export const MERGE = 'merges by the laws of addition';
export const MISMATCH = 'refuses to merge states of other parameters';
export const BYTES = 'keeps a state through its bytes';
export const ROUND_TRIP = 'encodes every report and decodes it';
export const MALFORMED = 'refuses every byte string that is not a report';
export const ALL = 'counts many reports as it counts each';
export const LARGE = 'stands random bytes and large domains';
export const PARAMS = 'freezes params that say what was asked';
export const REFUSALS = 'refuses options out of range';
export const EXTREMES = 'has less noise for more epsilon';
