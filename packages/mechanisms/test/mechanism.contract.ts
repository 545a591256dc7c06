import type { Mechanism } from '@dither/mechanisms';
import { describe, expect, it } from 'vitest';
import { type Case, largeCases, smallCases } from './contract/case.js';
import { checkLikelihoods, checkPrivacy } from './contract/channel.js';
import { checkClientIsTheChannel, checkSamples, checkValues, checkWordsDrawn } from './contract/client.js';
import { checkUnbiased } from './contract/estimator.js';
import { checkExpectedState, checkNothingKnown } from './contract/expected.js';
import { checkStages } from './contract/latched.js';
import { checkExtremes, checkParams, checkRefusals, EXTREMES } from './contract/params.js';
import { checkMerge, checkMismatch, checkStateBytes } from './contract/state.js';
import { checkAll, checkLarge, checkMalformed, checkRoundTrip } from './contract/wire.js';

/**
 * What every mechanism is held to. Each check is a plain function that throws; `broken.test.ts` shows that each can
 * fail. Beside a check stands where it runs: all extremes of epsilon, or fewer where it is dear.
 */
export type Check = (mechanism: Mechanism) => void;

const ALL = [...EXTREMES, 0.5, 1, 4];
const SOME = [1, 4];

function over(epsilons: readonly number[], check: (testCase: Case) => void, largestDomain?: number): Check {
  return (mechanism) => {
    for (const testCase of smallCases(mechanism, epsilons, largestDomain)) check(testCase);
  };
}

function overLarge(check: (testCase: Case) => void): Check {
  return (mechanism) => {
    for (const testCase of largeCases(mechanism, 1)) check(testCase);
  };
}

export const checks = {
  'keeps its epsilon, by enumeration of the channel': over(ALL, checkPrivacy),
  'has likelihoods that sum to one': over(ALL, checkLikelihoods),
  'has a client whose exact law is the channel': over([0.000001, 1, 16], checkClientIsTheChannel, 3),
  'stores and repeats within its declared epsilons': over([1], checkStages, 3),
  'draws a number of words whose law is the same for every value': over([1], checkWordsDrawn, 3),
  'samples as the channel says': over(SOME, checkSamples, 3),
  'refuses values outside the domain': over(SOME, checkValues),
  'is unbiased with the stated variance, by enumeration': over(ALL, checkUnbiased),
  'estimates the truth from the expected state': over(ALL, checkExpectedState),
  'knows nothing from no reports': over(SOME, checkNothingKnown),
  'merges by the laws of addition': over(SOME, checkMerge),
  'refuses to merge states of other parameters': over(SOME, checkMismatch),
  'keeps a state through its bytes': over(SOME, checkStateBytes),
  'encodes every report and decodes it': over(SOME, checkRoundTrip),
  'refuses every byte string that is not a report': over([1], checkMalformed),
  'counts many reports as it counts each': over(SOME, checkAll),
  'stands random bytes and large domains': overLarge(checkLarge),
  'freezes params that say what was asked': over(ALL, checkParams),
  'refuses options out of range': over([1], checkRefusals),
  'has less noise for more epsilon': checkExtremes,
} as const satisfies Record<string, Check>;

export type CheckName = keyof typeof checks;

export const checkNames = Object.keys(checks) as CheckName[];

/** The names of the checks that a mechanism fails. */
export function failedChecks(mechanism: Mechanism): CheckName[] {
  return checkNames.filter((name) => {
    try {
      checks[name](mechanism);
      return false;
    } catch {
      return true;
    }
  });
}

/** The suite: call it in a test file with each mechanism. */
export function describeMechanism(mechanism: Mechanism): void {
  describe(mechanism.id, () => {
    for (const name of checkNames) {
      it(name, () => {
        expect(() => checks[name](mechanism)).not.toThrow();
      });
    }
  });
}
