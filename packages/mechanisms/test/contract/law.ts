import type { BitChannel, Mechanism, Params, WordSource } from '@dither/mechanisms';
import { hex } from '../support/ensure.js';
import { type ExactLaw, exactLaw, looksOf } from '../support/exact-law.js';
import { seededSource } from '../support/seeded.js';
import { type AnyLatched, type Case, isLatched, keyOf, LATCH_DRAWS, unlatched } from './case.js';

/** Words a run may draw before it is left out of the exact law; what is left out is bounded below. */
const MAX_WORDS = 8;

/** The exact law of what a client sends for a value. */
export interface ReportLaw {
  /** Chance of each report, by its key, in units. */
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

/**
 * Clients whose draws have no bound that eight words nearly always keep, rejections being the rule there, or so many that
 * enumeration takes minutes. Their own tests enumerate them in another way.
 */
const UNBOUNDED = ['subset-selection', 'hybrid'];

export function isEnumerable({ mechanism }: Case): boolean {
  return !UNBOUNDED.includes(mechanism.id);
}

/** What params say of the integers drawn. */
interface Drawn {
  readonly domainSize: number;
  readonly clamp: number;
  readonly window: number;
  readonly outputs: number;
  readonly levelBits: readonly number[];
  readonly cohorts: number;
  readonly cells: number;
  readonly space: { readonly weight: number; readonly points: number };
}

/** The integers below which a client draws uniform ones, beside its coins. */
const MODULI: { readonly [id: string]: (params: Drawn) => readonly number[] } = {
  rr: () => [],
  grr: ({ domainSize }) => [domainSize],
  sue: () => [],
  oue: () => [],
  'one-bit-mean': ({ clamp }) => [clamp, 4],
  'local-hashing': ({ cells }) => [cells],
  'count-mean-sketch': () => [],
  'hadamard-count-mean-sketch': () => [],
  'hadamard-response': ({ outputs }) => [outputs],
  'recursive-hadamard': ({ outputs }) => [outputs],
  'projective-geometry': ({ space }) => [space.weight, space.points],
  'l-grr': ({ cells }) => [cells],
  'l-osue': () => [],
  'd-bit-flip': () => [],
  duchi: ({ clamp }) => [clamp],
  piecewise: ({ window, outputs }) => [window, outputs],
  tree: ({ levelBits }) => [levelBits.length],
  'square-wave': ({ window, outputs }) => [window, outputs],
  'one-time-rappor': ({ cohorts }) => [cohorts],
  loloha: ({ cells }) => [cells],
  rappor: () => [],
};

/** Of a mechanism that says nothing: its number of values. */
function moduliOf({ mechanism, params }: Case): readonly number[] {
  const drawn = params as Params as Params & Drawn;
  return MODULI[mechanism.id]?.(drawn) ?? [drawn.domainSize ?? 1];
}

/** Bits that are randomized side by side. */
function lanesOf({ params, values }: Case): number {
  const { bits, cells, levelBits } = params as Params & {
    readonly bits?: number | BitChannel;
    readonly cells?: number;
    readonly levelBits?: readonly number[];
  };
  if (levelBits !== undefined) return Math.max(...levelBits);
  return cells ?? (typeof bits === 'number' ? bits : values.length);
}

/** Enumerates the words of `run`, as this case's client looks at them. */
function enumeration(testCase: Case): (run: (source: WordSource) => string) => ExactLaw {
  const picks = seededSource(`law/${testCase.epsilon}`);
  const pick = (size: number) => Math.floor((picks.next() / 2 ** 32) * size);
  const looks = looksOf(testCase.params, moduliOf(testCase), lanesOf(testCase));
  return (run) => exactLaw(run, looks, pick, MAX_WORDS);
}

/** What was enumerated of a mechanism, by its params: several checks ask for the same laws, which may take seconds. */
function remembering<T>(enumerate: (testCase: Case) => T): (testCase: Case) => T {
  const known = new WeakMap<Mechanism, Map<string, T>>();
  return (testCase) => {
    const { mechanism, params } = testCase;
    const own = known.get(mechanism) ?? new Map<string, T>();
    known.set(mechanism, own);
    const key = JSON.stringify(params, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));
    const laws = own.get(key) ?? enumerate(testCase);
    own.set(key, laws);
    return laws;
  };
}

/** The law of the client for each value, public draws being uniform. */
export const lawsOf = remembering((testCase): readonly ReportLaw[] => {
  if (isLatched(testCase.mechanism.client)) return throughBothStages(stageLaws(testCase));
  const client = unlatched(testCase.mechanism.client);
  const { draws, params, values } = testCase;
  const enumerate = enumeration(testCase);
  return values.map((value) => {
    const each = Array.from({ length: draws }, (_, draw) =>
      enumerate((source) => keyOf(testCase, client.randomize(params, value, source, draws === 1 ? undefined : draw))),
    );
    const law = mixture(each);
    return { ...law, words: wordsOf(law.words) };
  });
});

/**
 * The stages by themselves, as enumerating both in a row would take the product of their times. Who latches is given a
 * draw: each of as many as there are cohorts.
 */
export const stageLaws = remembering((testCase): StageLaws => {
  const { mechanism, values } = testCase;
  if (!isLatched(mechanism.client)) return { latch: [], report: new Map() };
  const client: AnyLatched = mechanism.client;
  const params = testCase.params as Parameters<typeof client.latch>[0];
  const enumerate = enumeration(testCase);
  const stored = new Map<string, Uint8Array>();
  const cohorts = testCase.answers === 'texts' ? testCase.shape.cohorts : LATCH_DRAWS;
  const latch = values.map((value) =>
    mixture(
      Array.from({ length: cohorts }, (_, draw) =>
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
      enumerate((source) => keyOf(testCase, client.report(params, permanent, source))),
    ]),
  );
  return { latch, report };
});

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
