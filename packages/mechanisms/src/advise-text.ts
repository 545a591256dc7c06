/** Advice on filters of texts, for a tool to print and a developer to write down: never used at run time. */
import { normalQuantile } from './estimate/normal.js';
import * as oneTime from './mechanisms/one-time-rappor.js';
import * as rappor from './mechanisms/rappor.js';

export interface TextSituation {
  /** Of one report. */
  readonly epsilonFirst: number;
  /** Of an epoch of a latched metric; without it each report is randomized afresh (`one-time-rappor`). */
  readonly epsilonInfinity?: number;
  readonly cohorts: number;
  /** The most bytes a report may have, 2 or more. */
  readonly maxBytes: number;
  /** Reports, or, of a latched metric, installations with one report each. */
  readonly n: number;
}

export interface TextAdvice {
  readonly mechanism: 'rappor' | 'one-time-rappor';
  readonly bits: number;
  readonly hashes: number;
  readonly reportBytes: number;
  /** Standard error of a rare text's share. */
  readonly rareError: number;
  /** The smallest share that is told from zero 19 times in 20, were it the only candidate. */
  readonly detectionLimit: number;
  /** Why it stands where it stands, in a sentence. */
  readonly reason: string;
}

/** A filter is worth more bytes only if it brings the standard error down by more than this part. */
const NOTICEABLE = 0.01;

const MAX_HASHES = 4;
const MAX_BITS = 1024;

/**
 * Filters that fit, best first. The standard error decides; among those within 1% of the least, the fewest bytes.
 *
 * More hashes divide epsilon among more bits: two have about 1.5 times the error of one in the same bits. More bits collide
 * less, 1/(1 - h/k) in the variance, which soon brings nothing.
 *
 * @returns empty if no filter fits in `maxBytes`
 * @throws MechanismError what `params` of the mechanism throws
 */
export function adviseTexts(situation: TextSituation): TextAdvice[] {
  const filters = shapes(situation).map(({ bits, hashes }) => predict(situation, bits, hashes));
  const least = Math.min(...filters.map(({ rareError }) => rareError));
  const isBest = ({ rareError }: Prediction) => rareError <= (1 + NOTICEABLE) * least;
  const ranked = filters.sort((a, b) => {
    if (isBest(a) && isBest(b)) return a.reportBytes - b.reportBytes || a.rareError - b.rareError;
    return a.rareError - b.rareError;
  });
  const [first] = ranked;
  return ranked.map((filter) => ({ ...filter, reason: reasonOf(filter, first ?? filter, least) }));
}

type Prediction = Omit<TextAdvice, 'reason'>;

/** Whole bytes of filter, doubling, and all that fit. */
function shapes({ cohorts, maxBytes }: TextSituation): { bits: number; hashes: number }[] {
  const room = Math.min(MAX_BITS, 8 * (maxBytes - (cohorts <= 256 ? 1 : 2)));
  const sizes = new Set<number>();
  for (let bits = 8; bits < room; bits *= 2) sizes.add(bits);
  if (room >= 8) sizes.add(room);
  const hashes = Array.from({ length: MAX_HASHES }, (_, i) => i + 1);
  return [...sizes].flatMap((bits) => hashes.filter((h) => bits >= 2 * h).map((h) => ({ bits, hashes: h })));
}

function predict(situation: TextSituation, bits: number, hashes: number): Prediction {
  const { epsilonFirst, epsilonInfinity, cohorts, n } = situation;
  const shape = { bits, hashes, cohorts };
  const figures = (reportBytes: number, rareError: number) => ({
    bits,
    hashes,
    reportBytes,
    rareError,
    // The two-sided test at .05, and passing it 19 times in 20.
    detectionLimit: (normalQuantile(0.975) + normalQuantile(0.95)) * rareError,
  });
  if (epsilonInfinity === undefined) {
    const params = oneTime.params({ ...shape, epsilon: epsilonFirst });
    return { mechanism: 'one-time-rappor', ...figures(params.reportBytes, oneTime.aggregator.rareError(params, n)) };
  }
  // How many reports an epoch has moves no error of a single one; two is the fewest.
  const params = rappor.params({ ...shape, epsilonFirst, epsilonInfinity, reports: 2 });
  return { mechanism: 'rappor', ...figures(params.reportBytes, rappor.aggregator.rareError(params, n)) };
}

function reasonOf(filter: Prediction, first: Prediction, least: number): string {
  if (filter === first) {
    return filter.rareError === least
      ? 'the least error of all that fit'
      : `within ${100 * NOTICEABLE}% of the least error, in the fewest bytes`;
  }
  const ratio = (filter.rareError / first.rareError).toFixed(2);
  if (filter.hashes > first.hashes) return `${ratio} times the error: epsilon is divided among ${filter.hashes} hashes`;
  if (filter.rareError > first.rareError) return `${ratio} times the error: in ${filter.bits} bits texts collide more`;
  return 'no noticeable gain for its bytes';
}
