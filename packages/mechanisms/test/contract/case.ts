import type { Mechanism, Params } from '@dither/mechanisms';
import { codeOf, ensure } from '../support/ensure.js';

/** One mechanism at one setting: what every check of the contract takes. */
export interface Case {
  readonly mechanism: Mechanism;
  readonly epsilon: number;
  readonly params: Params;
}

/** Small enough to enumerate every report, and every pair of reports. */
const SMALL_DOMAINS = [2, 3, 4, 5];

const REFUSALS = ['domain-size-out-of-range', 'clamp-out-of-range'];

/** Those of `domainSizes` that the mechanism takes; it must take one. A refusal must carry its code. */
export function acceptedDomains(mechanism: Mechanism, domainSizes: readonly number[]): number[] {
  return domainSizes.filter((domainSize) => {
    const outcome = codeOf(() => mechanism.client.params({ epsilon: 1, domainSize }));
    ensure(outcome === 'returned' || REFUSALS.includes(outcome), `domainSize ${domainSize}: ${outcome}`);
    return outcome === 'returned';
  });
}

/** The cases of a mechanism over small domains up to `largest`. */
export function smallCases(mechanism: Mechanism, epsilons: readonly number[], largest = 5): Case[] {
  const domainSizes = acceptedDomains(mechanism, SMALL_DOMAINS).filter((size) => size <= largest);
  ensure(domainSizes.length > 0, 'takes none of the small domains that the contract enumerates');
  return domainSizes.flatMap((domainSize) =>
    epsilons.map((epsilon) => ({ mechanism, epsilon, params: mechanism.client.params({ epsilon, domainSize }) })),
  );
}

export function valuesOf(params: Params): number[] {
  return Array.from({ length: params.domainSize }, (_, value) => value);
}
