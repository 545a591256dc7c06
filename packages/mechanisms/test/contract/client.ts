import { toNumber } from '@dither/mechanisms';
import { goodnessOfFit } from '../support/chi-square.js';
import { codeOf, ensure, hex } from '../support/ensure.js';
import { cutsOf, type ExactLaw, exactLaw } from '../support/exact-law.js';
import { seededSource } from '../support/seeded.js';
import { type Case, valuesOf } from './case.js';

/** Words a run may draw before it is left out of the exact law; what is left out is bounded below. */
const MAX_WORDS = 8;

/** A client in the contract draws uniform integers below these, beside its thresholds. */
function moduliOf({ params }: Case): number[] {
  return [params.domainSize, ...('clamp' in params ? [Number(params.clamp), 4] : [])];
}

function lawsOf(testCase: Case, seed: string): ExactLaw[] {
  const { mechanism, params } = testCase;
  const picks = seededSource(seed);
  const pick = (size: number) => Math.floor((picks.next() / 2 ** 32) * size);
  const moduli = moduliOf(testCase);
  return valuesOf(params).map((value) =>
    exactLaw(
      (source) => hex(mechanism.client.encode(params, mechanism.client.randomize(params, value, source))),
      cutsOf(params, moduli),
      moduli,
      pick,
      MAX_WORDS,
    ),
  );
}

/**
 * The client's exact law over all sequences of words is the channel: each report's probability agrees to within the
 * runs of more than eight words, less than 2^-90 in all. This sees a remainder instead of a rejection and a
 * threshold one unit off, which no sample could.
 */
export function checkClientIsTheChannel(testCase: Case): void {
  const { mechanism, epsilon, params } = testCase;
  lawsOf(testCase, `law/${epsilon}`).forEach((law, value) => {
    ensure(law.unresolved < law.unit >> 90n, 'too many runs draw more than eight words');
    let known = 0;
    for (const report of mechanism.channel.reports(params)) {
      const { numerator, denominator } = mechanism.channel.likelihood(params, value, report);
      const mass = law.results.get(hex(mechanism.client.encode(params, report))) ?? 0n;
      if (mass > 0n) known++;
      ensure(mass * denominator <= numerator * law.unit, 'a report is more probable than the channel says');
      ensure(
        numerator * law.unit <= (mass + law.unresolved) * denominator,
        'a report is less probable than the channel says',
      );
    }
    ensure(known === law.results.size, 'the client sends a report that the channel does not list');
  });
}

/** The law of the number of words drawn is exactly the same for every value. */
export function checkWordsDrawn(testCase: Case): void {
  const [first, ...others] = lawsOf(testCase, 'words').map((law) =>
    [...law.words]
      .sort(([a], [b]) => a - b)
      .map(([words, mass]) => `${words}:${mass}`)
      .join(' '),
  );
  ensure(
    others.every((law) => law === first),
    'the number of words drawn depends on the value',
  );
}

/**
 * 20,000 seeded samples of each value agree with the channel: Pearson's chi-square, false-alarm rate 1e-6 for each
 * value. Unlike the exact law it assumes nothing about how the client looks at its words.
 */
export function checkSamples({ mechanism, epsilon, params }: Case): void {
  const alpha = 1e-6;
  const reports = [...mechanism.channel.reports(params)];
  const index = new Map(reports.map((report, i) => [hex(mechanism.client.encode(params, report)), i]));
  for (const value of valuesOf(params)) {
    const source = seededSource(`${mechanism.id}/${epsilon}/${params.domainSize}/${value}`);
    const counts = new Array<number>(reports.length).fill(0);
    for (let i = 0; i < 20_000; i++) {
      const report = mechanism.client.encode(params, mechanism.client.randomize(params, value, source));
      const at = index.get(hex(report));
      ensure(at !== undefined, 'the client sends a report that the channel does not list');
      counts[at] = (counts[at] as number) + 1;
    }
    const probabilities = reports.map((report) => toNumber(mechanism.channel.likelihood(params, value, report)));
    ensure(goodnessOfFit(counts, probabilities) >= alpha, 'samples do not agree with the channel');
  }
}

/** Values that are not indices of the domain are refused with their code, before a word is drawn. */
export function checkValues({ mechanism, params }: Case): void {
  const unused = {
    next(): number {
      throw new Error('drew a word for a value outside the domain');
    },
  };
  for (const value of [-1, params.domainSize, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    const code = codeOf(() => mechanism.client.randomize(params, value, unused));
    ensure(code === 'value-out-of-range', `a value outside the domain: ${code}`);
  }
}
