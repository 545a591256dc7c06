import { join } from 'node:path';
import { root } from './workspace.mjs';

/** Sizes to quote figures for: the first that a mechanism takes. */
const DOMAINS = [1024, 64, 2];
const SHAPE = { bits: 128, hashes: 1, cohorts: 64 };
const REPORTS = 100_000;

const { advise } = await import(join(root, 'packages', 'mechanisms', 'dist', 'advise.js'));

/**
 * @param {any} mechanism of the catalogue
 * @returns {{ setting: string, reportBytes: string, counters: number, errors: [string, string] }} errors at epsilon 1 and 4
 */
export function figuresOf(mechanism) {
  const isTexts = mechanism.answers === 'texts';
  const domainSize = isTexts ? 0 : (DOMAINS.find((size) => takes(mechanism, size)) ?? 2);
  const options = isTexts ? SHAPE : { domainSize };
  const [one, four] = [1, 4].map((epsilon) => declare(mechanism, epsilon, options));
  return {
    setting: isTexts ? '128 bits, one hash, 64 cohorts' : `${domainSize.toLocaleString('en')} values`,
    reportBytes: String(one.reportBytes),
    counters: mechanism.aggregator.empty(one).counts.length,
    errors: [rounded(errorOf(mechanism, one)), rounded(errorOf(mechanism, four))],
  };
}

/** @param {any} mechanism @param {number} domainSize */
function takes(mechanism, domainSize) {
  try {
    declare(mechanism, 1, { domainSize });
    return true;
  } catch {
    return false;
  }
}

/** One stage; or two, of twice the epsilon for four reports, or of the same where what is stored is repeated. */
/** @param {any} mechanism @param {number} epsilon @param {object} options */
function declare({ client }, epsilon, options) {
  if (!('latch' in client)) return client.params({ ...options, epsilon });
  const two = { ...options, epsilonFirst: epsilon, reports: 4 };
  try {
    return client.params({ ...two, epsilonInfinity: 2 * epsilon });
  } catch {
    return client.params({ ...two, epsilonInfinity: epsilon });
  }
}

/** Variance times n. @param {any} mechanism @param {any} params */
function errorOf({ id, answers, client, aggregator }, params) {
  if (answers === 'texts') return aggregator.rareError(params, 1) ** 2;
  const { domainSize } = params;
  if (answers === 'distribution') {
    const middle = (domainSize - 2) / 2;
    const bell = Float64Array.from({ length: domainSize }, (_, cell) =>
      cell === domainSize - 1 ? 0 : Math.exp(-(((cell - middle) / (domainSize / 6)) ** 2) / 2),
    );
    const total = bell.reduce((sum, weight) => sum + weight, 0);
    return (
      REPORTS *
      aggregator.quantileError(
        params,
        REPORTS,
        bell.map((weight) => weight / total),
        0.5,
      ) **
        2
    );
  }
  // Per report, also where a report answers for some of the quantities only: as advice has it.
  const question = aggregator.quantities(params)[0].name === 'mean' ? 'mean' : 'shares';
  const epsilon = params.microEpsilon / 1e6;
  const latch = 'latch' in client ? { latch: { epsilonInfinity: params.microInfinity / 1e6, reports: 4 } } : {};
  const [advice] = advise({ question, domainSize, epsilon, n: REPORTS, among: [id], ...latch });
  return (REPORTS * advice.standardError ** 2) / (question === 'mean' ? (domainSize - 1) ** 2 : 1);
}

/** @param {number} x */
function rounded(x) {
  return String(Number(x.toPrecision(4)));
}
