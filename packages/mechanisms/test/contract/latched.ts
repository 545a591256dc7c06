import { expBelow, type LatchedParams, type Params } from '@dither/mechanisms';
import { ensure } from '../support/ensure.js';
import { type Case, isLatched } from './case.js';
import { type StageLaws, stageLaws } from './law.js';

/** What is seen, and its mass: one law for each value, in the same units. */
type Law = ReadonlyMap<string, bigint>;

/**
 * What is stored costs at most epsilonInfinity, and two or three reports of it what `microEpoch` says: of the client's own
 * exact laws, all stages enumerated, without believing its channel. Of mechanisms with one stage it asks nothing.
 */
export function checkStages(testCase: Case): void {
  if (!isLatched(testCase.mechanism.client)) return;
  const { microEpoch, microInfinity } = testCase.params as Params & LatchedParams;
  const laws = stageLaws(testCase);
  ensureWithin(
    laws.latch.map(({ results }) => results),
    laws,
    microInfinity,
  );
  for (const reports of [1, 2, 3]) {
    const micro = microEpoch[reports - 1];
    ensure(micro !== undefined && micro <= microInfinity, 'no charge for as many reports as an epoch has');
    ensureWithin(
      laws.latch.map(({ results }) => repeated(results, laws, reports)),
      laws,
      micro,
    );
  }
}

/** The law of several reports of what is stored. */
function repeated(stored: Law, { report }: StageLaws, reports: number): Law {
  const seen = new Map<string, bigint>();
  for (const [permanent, mass] of stored) {
    let sequences = new Map([['', mass]]);
    for (let i = 0; i < reports; i++) {
      const longer = new Map<string, bigint>();
      for (const [bytes, chance] of report.get(permanent)?.results ?? []) {
        for (const [sequence, so] of sequences) longer.set(`${sequence}/${bytes}`, so * chance);
      }
      sequences = longer;
    }
    for (const [sequence, chance] of sequences) seen.set(sequence, (seen.get(sequence) ?? 0n) + chance);
  }
  return seen;
}

/** Runs of more words than were enumerated have less than 2^-90 of the mass: allowed for on either side. */
function ensureWithin(laws: readonly Law[], { latch }: StageLaws, micro: number): void {
  const bound = expBelow(BigInt(micro), 1_000_000n);
  const certainty = laws.map((law) => [...law.values()].reduce((sum, mass) => sum + mass, 0n));
  ensure(
    latch.every(({ unresolved, unit }) => unresolved < unit >> 90n),
    'too many runs draw more than eight words',
  );
  laws.forEach((one) => {
    laws.forEach((other, j) => {
      const slack = (certainty[j] as bigint) >> 88n;
      for (const [seen, mass] of one) {
        const least = (other.get(seen) ?? 0n) + slack;
        ensure((mass - slack) << 96n <= bound * least, 'what is seen favours a value by more than its epsilon');
      }
    });
  });
}
