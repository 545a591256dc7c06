import type { IndexParams, WordSource } from '@dither/mechanisms';
import { hex } from '../support/ensure.js';
import { cutsOf, type ExactLaw, exactLaw } from '../support/exact-law.js';
import { seededSource } from '../support/seeded.js';
import { type Case, isLatched, type TextCase, type Value } from './case.js';

/** Words a run may draw before it is left out of the exact law; what is left out is bounded below. */
const MAX_WORDS = 8;

/** The exact law of what a client sends for a value. */
export interface ReportLaw {
  /** Chance of each report's bytes, in units. */
  readonly results: ReadonlyMap<string, bigint>;
  /** Mass of the runs that were left out. */
  readonly unresolved: bigint;
  readonly unit: bigint;
  /** The law of the number of words drawn, of each stage, as text. */
  readonly words: string;
}

/** Exact laws of the two stages: of what is stored for each value, and of a report of each thing stored. */
export interface StageLaws {
  readonly latch: readonly ExactLaw[];
  readonly report: ReadonlyMap<string, ExactLaw>;
}

/** A client draws uniform integers below these, beside its coins: one that draws others says so here. */
function moduliOf(testCase: Case): number[] {
  if (testCase.answers === 'texts') return isLatched(testCase.mechanism.client) ? [] : [testCase.shape.cohorts];
  const { domainSize, clamp, window, outputs, levelBits } = testCase.params as IndexParams & Drawn;
  if (levelBits !== undefined) return [levelBits.length];
  if (window !== undefined && outputs !== undefined) return [window, outputs];
  return clamp === undefined ? [domainSize] : [domainSize, clamp, 4];
}

/** What params say of the integers drawn. */
interface Drawn {
  readonly clamp?: number;
  readonly window?: number;
  readonly outputs?: number;
  readonly levelBits?: readonly number[];
}

/** Enumerates the words of `run`, as this case's client looks at them. */
function enumeration(testCase: Case, seed: string): (run: (source: WordSource) => string) => ExactLaw {
  const picks = seededSource(seed);
  const pick = (size: number) => Math.floor((picks.next() / 2 ** 32) * size);
  const moduli = moduliOf(testCase);
  const cuts = cutsOf(testCase.params, moduli);
  return (run) => exactLaw(run, cuts, moduli, pick, MAX_WORDS);
}

/** The law of the client for each value. */
export function lawsOf(testCase: Case, seed: string): ReportLaw[] {
  if (testCase.answers === 'texts' && isLatched(testCase.mechanism.client)) {
    return throughBothStages(stageLaws(testCase, seed));
  }
  const { client, params, values } = testCase;
  const enumerate = enumeration(testCase, seed);
  return values.map((value: Value) => {
    const law = enumerate((source) => hex(client.encode(params, client.randomize(params, value, source))));
    return { ...law, words: wordsOf(law.words) };
  });
}

/**
 * The stages by themselves, as enumerating both in a row would take the product of their times. Who latches is given a
 * draw: each of as many as there are cohorts.
 */
export function stageLaws(testCase: TextCase, seed: string): StageLaws {
  const { mechanism, shape, values } = testCase;
  if (!isLatched(mechanism.client)) return { latch: [], report: new Map() };
  const { client } = mechanism;
  const params = testCase.params as Parameters<typeof client.latch>[0];
  const enumerate = enumeration(testCase, seed);
  const stored = new Map<string, Uint8Array>();
  const draws = Array.from({ length: shape.cohorts }, (_, draw) => draw);
  const latch = values.map((value) =>
    mixture(
      draws.map((draw) =>
        enumerate((source) => {
          const permanent = client.latch(params, value, draw, source);
          stored.set(hex(permanent), permanent);
          return hex(permanent);
        }),
      ),
    ),
  );
  const report = new Map(
    [...stored].map(([key, permanent]) => [
      key,
      enumerate((source) => hex(client.encode(params, client.report(params, permanent, source)))),
    ]),
  );
  return { latch, report };
}

/** One of several laws, all as likely. */
function mixture(laws: readonly ExactLaw[]): ExactLaw {
  const results = new Map<string, bigint>();
  const words = new Map<number, bigint>();
  for (const law of laws) {
    for (const [result, mass] of law.results) results.set(result, (results.get(result) ?? 0n) + mass);
    for (const [drawn, mass] of law.words) words.set(drawn, (words.get(drawn) ?? 0n) + mass);
  }
  const sum = (part: (law: ExactLaw) => bigint) => laws.reduce((total, law) => total + part(law), 0n);
  return { results, words, unresolved: sum((law) => law.unresolved), unit: sum((law) => law.unit) };
}

function throughBothStages({ latch, report }: StageLaws): ReportLaw[] {
  return latch.map((first) => {
    const results = new Map<string, bigint>();
    let unit = first.unit;
    let unresolved = 0n;
    const wordsThen = new Map<number, bigint>();
    for (const [permanent, mass] of first.results) {
      const second = report.get(permanent);
      if (second === undefined) continue;
      unit = first.unit * second.unit;
      for (const [bytes, chance] of second.results) results.set(bytes, (results.get(bytes) ?? 0n) + mass * chance);
      for (const [drawn, chance] of second.words) wordsThen.set(drawn, (wordsThen.get(drawn) ?? 0n) + mass * chance);
      unresolved += mass * second.unresolved;
    }
    // What the first stage left out could have come to anything.
    unresolved += first.unresolved * (unit / first.unit);
    return { results, unresolved, unit, words: `${wordsOf(first.words)}, then ${wordsOf(wordsThen)}` };
  });
}

function wordsOf(words: ReadonlyMap<number, bigint>): string {
  return [...words]
    .sort(([a], [b]) => a - b)
    .map(([drawn, mass]) => `${drawn}:${mass}`)
    .join(' ');
}
