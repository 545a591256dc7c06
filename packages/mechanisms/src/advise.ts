/** Which mechanism fits a metric, for a tool to print and a developer to write down: never used at run time. */
import { frequencyCandidate } from './advise/frequencies.js';
import { quantileCandidate } from './advise/quantiles.js';
import { rank } from './advise/rank.js';
import { type Advice, checkSituation, type Explained, type Situation } from './advise/situation.js';
import { textCandidates } from './advise/texts.js';
import { catalogue } from './catalogue.js';
import type { Mechanism } from './mechanism.js';

export { answeredShares } from './advise/answered.js';
export { bellCurves } from './advise/quantiles.js';
export type {
  Advice,
  Candidate,
  Filter,
  IndexSituation,
  Question,
  Situation,
  TextSituation,
} from './advise/situation.js';
export { smallestTold } from './advise/smallest-told.js';

/**
 * Every mechanism that answers the question, best first, with its predicted error, its bytes and a reason.
 *
 * The standard error decides; of those within 1% of the least, the fewest bytes, then the fewest counters. What takes more
 * bytes than allowed comes last. What is not for this domain or these epsilons is left out; none may be left.
 *
 * @throws MechanismError `epsilon-out-of-range`, `domain-size-out-of-range`, `option-invalid`
 */
export function advise(situation: Situation): Advice[] {
  checkSituation(situation);
  const { among, maxBytes } = situation;
  const asked = [...catalogue.values()].filter(({ id }) => among === undefined || among.includes(id));
  return rank(
    asked.flatMap((mechanism) => candidates(mechanism, situation)),
    maxBytes,
  );
}

function candidates(mechanism: Mechanism, situation: Situation): readonly Explained[] {
  if (situation.question === 'texts') {
    return mechanism.answers === 'texts' ? textCandidates(mechanism, situation) : [];
  }
  if (mechanism.answers === 'texts') return [];
  const candidate =
    mechanism.answers === 'distribution'
      ? quantileCandidate(mechanism, situation)
      : frequencyCandidate(mechanism, situation);
  return candidate === undefined ? [] : [candidate];
}
