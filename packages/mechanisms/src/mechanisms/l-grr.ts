/**
 * L-GRR: generalized randomized response twice, latched.
 *
 * Citation: Arcolezi, Couchot, Al Bouna, Xiao 2022, "Improving the utility of locally differentially private protocols
 * for longitudinal and multidimensional frequency estimates". Two things differ: the second round is calibrated so that
 * one report spends all of epsilonFirst whatever the domain size, where the published one does so only for two values;
 * and what is stored is drawn anew each epoch, where the paper keeps one for each value.
 * Guarantee: epsilonFirst for one report, epsilonInfinity for whatever is sent of one stored value, `microEpoch` for
 * any number of reports between: with A = e^epsilonInfinity and c the odds of the second round, r reports cost
 * ln( (A c^r + k-1) / (A + c^r + k-2) ). That may be more than r epsilonFirst where there are many values.
 * Estimator: support counts; one report is a report of GRR at epsilonFirst, rare-value variance times n:
 * (e^epsilonFirst + k - 2) / (e^epsilonFirst - 1)^2. Reports of one epoch share the first round, whose part is not
 * divided.
 * Report: log2 k bits, in whole bytes.
 * Use when: a state with fewer than about 3 e^epsilonFirst + 2 values is reported several times an epoch.
 * Not when: it has more values (L-OSUE, LOLOHA); it is reported once an epoch, or is an event (GRR).
 */
import { checkInteger, checkIsValue } from '../check.js';
import { readInteger } from '../encode/report-bytes.js';
import type { Ratio } from '../exact/ratio.js';
import type {
  Channel,
  FrequencyAggregator,
  LatchedClient,
  LatchedIndexClient,
  LatchedIndexParams,
  Stages,
} from '../mechanism.js';
import { probability } from '../random/bernoulli.js';
import { keepOr } from '../random/keep-or.js';
import { withParams } from './_client.js';
import { checkLatched, microEpoch, microStages } from './_epoch.js';
import { frequencyAggregator } from './_frequency.js';
import { countSymbol, countSymbols, decodeSymbol, encodeSymbol, symbolBytes } from './_symbols.js';
import {
  type CellStages,
  cellLikelihood,
  cellStages,
  cellSupport,
  cellsLikelihood,
  chargesOfCells,
  effectiveFirst,
  roundLikelihood,
  sharedBy,
} from './_two-stage.js';

/** The cells are the values. */
export interface LGrrParams extends LatchedIndexParams, CellStages {}

/** The value reported. */
export type LGrrReport = number;

const ID = 'l-grr';
const MAX_DOMAIN = 1_048_576;

/**
 * @param options.epsilonFirst - of one report, 0.000001 to 16, at most six decimals
 * @param options.epsilonInfinity - of all reports of one epoch, the same, larger than epsilonFirst
 * @param options.reports - reports of an epoch, 2 to 366
 * @param options.domainSize - k, 2 to 2^20
 * @returns `permanent` and `instantaneous`: how often each round keeps, rounded down to a multiple of 2^-64
 * @throws MechanismError `epsilon-out-of-range`, `domain-size-out-of-range`, `option-invalid`
 */
export function params(options: Stages & { readonly domainSize: number }): LGrrParams {
  const { first, infinity } = microStages(options);
  const { domainSize, reports } = options;
  checkInteger('domain-size-out-of-range', 'domainSize', domainSize, 2, MAX_DOMAIN);
  const stages = cellStages(first, infinity, domainSize);
  return Object.freeze({
    mechanism: ID,
    microEpsilon: first,
    microEpoch: microEpoch(chargesOfCells(stages, reports), first, infinity),
    microInfinity: infinity,
    domainSize,
    reportBytes: symbolBytes(domainSize),
    ...stages,
  });
}

/** @throws MechanismError `value-out-of-range` */
function storedValue(p: LGrrParams, permanent: Uint8Array): number {
  const value = readInteger(permanent, 0, p.reportBytes);
  checkIsValue(permanent.length === p.reportBytes && value < p.cells);
  return value;
}

export const randomizer: LatchedClient<LGrrParams, LGrrReport> = {
  latch(p, value, draw, source) {
    checkLatched(p, value, draw);
    return encodeSymbol(p, keepOr(source, p.permanent, p.cells, value));
  },
  report(p, permanent, source) {
    return keepOr(source, p.instantaneous, p.cells, storedValue(p, permanent));
  },
  encode: encodeSymbol,
};

export const client: LatchedIndexClient<LGrrParams, LGrrReport> = /* @__PURE__ */ withParams(ID, randomizer, params);

export const aggregator: FrequencyAggregator<LGrrParams, LGrrReport> = /* @__PURE__ */ frequencyAggregator({
  id: ID,
  decode: (p, bytes) => decodeSymbol(p, p.cells, bytes),
  accumulate: countSymbol,
  accumulateAll: (p, state, bytes) => countSymbols(p, p.cells, state, bytes),
  support: cellSupport,
  shared(p: LGrrParams) {
    const keep = probability(p.permanent);
    const q = (1 - keep) / p.cells;
    return sharedBy({ p: keep + q, q }, probability(p.instantaneous));
  },
});

export const channel: Channel<LGrrParams, LGrrReport> = {
  id: ID,
  likelihood: cellLikelihood,
  reports: (p) => Array.from({ length: p.cells }, (_, report) => report),
  effectiveEpsilon: effectiveFirst,
};

export { effectiveInfinity } from './_two-stage.js';

/** P[what is stored | value], exactly. */
export function permanentLikelihood(p: LGrrParams, value: number, permanent: Uint8Array): Ratio {
  return roundLikelihood(p.permanent, p.cells, value, storedValue(p, permanent));
}

/** P[all these reports, in this order | value], exactly, all being of one stored value. */
export const repeatsLikelihood: (p: LGrrParams, value: number, reports: readonly LGrrReport[]) => Ratio =
  cellsLikelihood;
