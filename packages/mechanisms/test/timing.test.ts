import {
  type BlockSource,
  expBelow,
  type Mechanism,
  type Params,
  uniformInt,
  type WordSource,
} from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import type * as grr from '@dither/mechanisms/grr';
import { describe, expect, it } from 'vitest';
import { type Case, isLatched, smallCases, unlatched } from './contract/case.js';
import { isEnumerable, lawsOf } from './contract/law.js';
import { withParts } from './support/broken.js';

/**
 * Who sees a report may see how long it took. So the report and the number of words drawn for it must keep epsilon together:
 * a mechanism that draws its random answer only when it needs one passes every other check, and tells the truth by its haste.
 *
 * By the exact law of both. A coin whose first word ties draws a second, one time in 2^32, and may tell more then: so much mass
 * is left out.
 */
const TIES = 28n;

interface Timed {
  readonly report: unknown;
  readonly words: number;
}

function counting(source: BlockSource): BlockSource & { words: number } {
  const counted = {
    words: 0,
    next() {
      counted.words++;
      return source.next();
    },
    reserve(count: number) {
      counted.words += count;
      return source.reserve(count);
    },
    get block() {
      return source.block;
    },
  };
  return counted;
}

/** The case with a client whose reports say how many words they took. */
function timed(testCase: Case): Case {
  const { client } = testCase.mechanism;
  const encode = (params: Params, { report, words }: Timed) =>
    Uint8Array.of(...testCase.client.encode(params, report).slice(), words & 255, words >> 8);
  const time = (source: WordSource, run: (source: WordSource) => unknown): Timed => {
    const counted = counting(source as BlockSource);
    const report = run(counted);
    return { report, words: counted.words };
  };
  const parts = isLatched(client)
    ? { report: (p: never, stored: Uint8Array, s: WordSource) => time(s, (to) => client.report(p, stored, to)) }
    : {
        randomize: (p: Params, value: never, s: WordSource, draw?: number) =>
          time(s, (to) => unlatched(client).randomize(p, value, to, draw)),
      };
  const mechanism = { ...testCase.mechanism, client: { ...client, ...parts } };
  return { ...testCase, mechanism, client: { ...testCase.client, encode } } as unknown as Case;
}

/** Whether report and number of words together favour no value over another by more than epsilon. */
function tellsNothing(testCase: Case): boolean {
  const laws = lawsOf(timed(testCase));
  const bound = expBelow(BigInt(testCase.params.microEpsilon), 1_000_000n);
  return laws.every((one) =>
    laws.every((other) =>
      [...one.results].every(([seen, mass]) => {
        const slack = one.unit >> TIES;
        return (mass - slack) << 96n <= bound * ((other.results.get(seen) ?? 0n) + slack);
      }),
    ),
  );
}

/** Of two stages over indices the smallest domain alone: enumerating both is dear. */
function casesOf(mechanism: Mechanism): Case[] {
  const isDear = mechanism.answers !== 'texts' && isLatched(mechanism.client);
  return smallCases(mechanism, [1], isDear ? 2 : 3).filter(isEnumerable);
}

describe('a report and the number of words drawn for it', () => {
  for (const mechanism of catalogue.values()) {
    const cases = casesOf(mechanism);
    if (cases.length === 0) continue;
    it(`keep epsilon together: ${mechanism.id}`, () => {
      expect(cases.filter((testCase) => !tellsNothing(testCase))).toEqual([]);
    });
  }

  it('do not where a random answer is drawn only if it is needed', () => {
    const sound = catalogue.get('grr') as Mechanism;
    const hasty = withParts(sound, {
      client: {
        randomize: (p: grr.GrrParams, value: number, source: WordSource) => {
          const { high, low } = p.keep;
          const word = source.next();
          const isKept = word < high || (word === high && source.next() < low);
          return isKept ? value : uniformInt(source, p.domainSize);
        },
      } as Partial<Mechanism['client']>,
    });
    expect(casesOf(hasty).map(tellsNothing)).toEqual([false, false]);
  });
});
