import { type BlockSource, type LatchedParams, type Params, toNumber } from '@dither/mechanisms';
import { goodnessOfFit } from '../support/chi-square.js';
import { codeOf, ensure } from '../support/ensure.js';
import { seededSource } from '../support/seeded.js';
import { type AnyLatched, type Case, isLatched, keyOf, type TextCase, unlatched } from './case.js';
import { isEnumerable, lawsOf } from './law.js';

/**
 * The client's exact law over all sequences of words is the channel: each report's probability agrees to within the
 * runs of more than eight words, less than 2^-90 in all. This sees a remainder instead of a rejection and a
 * threshold one unit off, which no sample could.
 */
export function checkClientIsTheChannel(testCase: Case): void {
  if (!isEnumerable(testCase)) return;
  const { channel, params, values } = testCase;
  const laws = lawsOf(testCase);
  values.forEach((value, i) => {
    const law = laws[i];
    ensure(law !== undefined, 'a law for each value');
    ensure(law.unresolved < law.unit >> 90n, 'too many runs draw more than eight words');
    let known = 0;
    for (const report of channel.reports(params)) {
      const { numerator, denominator } = channel.likelihood(params, value, report);
      const mass = law.results.get(keyOf(testCase, report)) ?? 0n;
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
  if (!isEnumerable(testCase)) return;
  const [first, ...others] = lawsOf(testCase).map(({ words }) => words);
  ensure(
    others.every((law) => law === first),
    'the number of words drawn depends on the value',
  );
}

/**
 * 20,000 seeded samples of each value agree with the channel: Pearson's chi-square, false-alarm rate 1e-6 for each
 * value. Unlike the exact law it assumes nothing about how the client looks at its words.
 */
export function checkSamples(testCase: Case): void {
  const { mechanism, client, channel, epsilon, params, values } = testCase;
  const alpha = 1e-6;
  const reports = [...channel.reports(params)];
  const index = new Map(reports.map((report, i) => [keyOf(testCase, report), i]));
  for (const value of values) {
    const source = seededSource(`${mechanism.id}/${epsilon}/${values.length}/${value}`);
    const counts = new Array<number>(reports.length).fill(0);
    for (let i = 0; i < 20_000; i++) {
      const at = index.get(keyOf(testCase, client.randomize(params, value, source)));
      ensure(at !== undefined, 'the client sends a report that the channel does not list');
      counts[at] = (counts[at] as number) + 1;
    }
    const probabilities = reports.map((report) => toNumber(channel.likelihood(params, value, report)));
    ensure(goodnessOfFit(counts, probabilities) >= alpha, 'samples do not agree with the channel');
  }
}

function refuse(): never {
  throw new Error('drew a word for a value outside the domain');
}

const unused: BlockSource = { next: refuse, reserve: refuse, block: new Int32Array() };

/**
 * What is no value is refused with its code, before a word is drawn: no index of the domain; no draw, or nothing that was
 * stored. Every string is a text.
 */
export function checkValues(testCase: Case): void {
  const { mechanism, params } = testCase;
  const isIndex = testCase.answers !== 'texts';
  const values = isIndex ? [-1, testCase.params.domainSize, 0.5, Number.NaN, Number.POSITIVE_INFINITY] : [];
  if (!isIndex) checkTexts(testCase);
  if (isLatched(mechanism.client)) {
    const latched: AnyLatched = mechanism.client;
    const both = params as Params & LatchedParams;
    for (const value of values) {
      const code = codeOf(() => latched.latch(both, value, 0, unused));
      ensure(code === 'value-out-of-range', `value ${value}: ${code}`);
    }
    checkStored(latched, both, isIndex ? 0 : 'a');
    return;
  }
  const client = unlatched(mechanism.client);
  for (const value of values) {
    const code = codeOf(() => client.randomize(params, value, unused, 0));
    ensure(code === 'value-out-of-range', `value ${value}: ${code}`);
  }
  for (const draw of params.draws === undefined ? [] : [undefined, -1, params.draws, 0.5, Number.NaN]) {
    const code = codeOf(() => client.randomize(params, isIndex ? 0 : 'a', unused, draw));
    ensure(code === 'draw-out-of-range', `draw ${draw}: ${code}`);
  }
}

function checkTexts({ client, params }: TextCase): void {
  const source = seededSource('texts');
  for (const text of ['\0', '\ud800', '\udfff\ud800', 'x'.repeat(10_000)]) {
    const bytes = client.encode(params, client.randomize(params, text, source));
    ensure(bytes.length === params.reportBytes, 'a report has another length than reportBytes');
  }
  for (const other of [5, {}, undefined]) {
    const code = codeOf(() => client.randomize(params, other as string, source));
    ensure(code === 'value-out-of-range', `no text: ${code}`);
  }
}

/** Of two stages: what is no draw, and what was not stored. */
function checkStored(latched: AnyLatched, params: Params & LatchedParams, value: number | string): void {
  for (const draw of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    const code = codeOf(() => latched.latch(params, value, draw, unused));
    ensure(code === 'value-out-of-range', `no draw: ${code}`);
  }
  const stored = latched.latch(params, value, 0, seededSource('stored'));
  for (const other of [new Uint8Array(), stored.slice(1), Uint8Array.of(...stored, 0), stored.map(() => 255)]) {
    const code = codeOf(() => latched.report(params, other, unused));
    ensure(code === 'value-out-of-range', `nothing that was stored: ${code}`);
  }
}
