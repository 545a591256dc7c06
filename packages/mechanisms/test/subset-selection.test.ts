import { type BlockSource, compare, ratio, recordedSource, sourceFrom, toNumber } from '@dither/mechanisms';
import * as subset from '@dither/mechanisms/subset-selection';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginning } from '../src/mechanisms/_subset.js';
import { codeOf, hex } from './support/ensure.js';
import { seededSource } from './support/seeded.js';

const { params, client, aggregator, channel } = subset;

/** Which of the two results of the coin a word gives, with its weight in units of 2^-32. Ties are decided by a second word. */
const COINS = ['in', 'tie then in', 'tie then out', 'out'] as const;

class OutOfWords extends Error {}

/** Bits before the subset is made exact, and the words after: what a run is given. */
interface Script {
  readonly begin: readonly boolean[];
  readonly positions: readonly number[];
  readonly coin: (typeof COINS)[number];
}

/**
 * A source that gives these. Positions are the words themselves, which are below every multiple of the domain size; the coin
 * is what is drawn after all of them. A run that asks for a position more is told so, and one that needs fewer shows by
 * its coin not having been a position.
 */
function scripted(p: subset.SubsetParams, { begin, positions, coin }: Script): BlockSource & { drawn(): number } {
  const { high, low } = p.own;
  const coinWords = { in: [high - 1], 'tie then in': [high, low - 1], 'tie then out': [high, low], out: [high + 1] }[
    coin
  ];
  let at = 0;
  return {
    // All digits zero is below every threshold, all one below none.
    block: Int32Array.from({ length: 64 }, () => begin.reduce((word, bit, i) => word | (Number(!bit) << i), 0)),
    reserve: () => 0,
    next() {
      const words = [...positions, ...coinWords];
      if (at >= words.length) throw new OutOfWords();
      return words[at++] as number;
    },
    drawn: () => at,
  };
}

/** Every sequence of so many positions. */
function* sequences(size: number, length: number): Generator<number[]> {
  for (let all = 0; all < size ** length; all++) {
    yield Array.from({ length }, (_, i) => Math.floor(all / size ** i) % size);
  }
}

/** Which of a sequence of positions are taken, and not drawn again; undefined if the sequence is no complete run. */
function takenOf(begin: readonly boolean[], weight: number, positions: readonly number[]): boolean[] | undefined {
  const members = begin.slice();
  const count = () => members.filter(Boolean).length;
  const taken: boolean[] = [];
  let at = 0;
  while (count() !== weight) {
    const position = positions[at++];
    if (position === undefined) return undefined;
    const isMissing = count() < weight;
    taken.push(members[position] !== isMissing);
    members[position] = isMissing;
  }
  for (const isMember of [true, false]) {
    for (;;) {
      const position = positions[at++];
      if (position === undefined) return undefined;
      taken.push(members[position] === isMember);
      if (taken.at(-1)) break;
    }
  }
  return at === positions.length ? taken : undefined;
}

/** Every sequence of positions none of which is drawn again. */
function* takenSequences(begin: readonly boolean[], weight: number): Generator<number[]> {
  const members = begin.filter(Boolean).length;
  for (let position = 0; position < begin.length && members !== weight; position++) {
    if (begin[position] === members < weight) continue;
    const next = begin.map((bit, i) => (i === position ? !bit : bit));
    for (const rest of takenSequences(next, weight)) yield [position, ...rest];
  }
  if (members !== weight) return;
  for (const [member, isMember] of begin.entries()) {
    for (const [other, isOther] of begin.entries()) if (isMember && !isOther) yield [member, other];
  }
}

/** Small enough to enumerate: subsets begun by coins and from nothing, of one member and of more. */
const SMALL = [
  { domainSize: 2, epsilon: 1 },
  { domainSize: 3, epsilon: 0.000001 },
  { domainSize: 3, epsilon: 16 },
  { domainSize: 4, epsilon: 0.5 },
  { domainSize: 5, epsilon: 1 },
  { domainSize: 12, epsilon: 4 },
].map((options) => params(options));

function begins(p: subset.SubsetParams): boolean[][] {
  const all = [...sequences(2, p.domainSize)].map((bits) => bits.map((bit) => bit === 1));
  return beginning(p.domainSize, p.weight) === undefined ? all.slice(0, 1) : all;
}

/** Chance of each result of the coin, over 2^64: what the words of a cell weigh. */
function coinMass(p: subset.SubsetParams, coin: (typeof COINS)[number]): bigint {
  const [high, low] = [BigInt(p.own.high), BigInt(p.own.low)];
  const certain = 1n << 32n;
  return {
    in: high * certain,
    'tie then in': low,
    'tie then out': certain - low,
    out: (certain - high - 1n) * certain,
  }[coin];
}

describe('the subset drawn', () => {
  it('has exactly the law of the channel, however many bits were set at first', () => {
    for (const p of SMALL) {
      // All first bits of a number of ones are as likely, and so are all positions that are not drawn again: count them.
      const byOnes = new Map<number, boolean[][]>();
      for (const begin of begins(p)) {
        const ones = begin.filter(Boolean).length;
        byOnes.set(ones, [...(byOnes.get(ones) ?? []), begin]);
      }
      for (const alike of byOnes.values()) {
        for (let value = 0; value < p.domainSize; value++) {
          const law = new Map<string, bigint>();
          let runs = 0n;
          for (const begin of alike) {
            for (const positions of takenSequences(begin, p.weight)) {
              runs++;
              for (const coin of COINS) {
                const source = scripted(p, { begin, positions, coin });
                const report = hex(client.randomize(p, value, source));
                law.set(report, (law.get(report) ?? 0n) + coinMass(p, coin));
              }
            }
          }
          for (const report of channel.reports(p)) {
            const mass = law.get(hex(report)) ?? 0n;
            law.delete(hex(report));
            expect(compare(ratio(mass, runs << 64n), channel.likelihood(p, value, report))).toBe(0);
          }
          expect(law.size).toBe(0);
        }
      }
    }
  });

  it('is made from as many words whatever the value and the coin, and what is drawn again changes nothing', () => {
    for (const p of SMALL.filter(({ domainSize }) => domainSize <= 4)) {
      const redrawn = p.domainSize < 4 ? 2 : 1;
      for (const begin of begins(p)) {
        const ones = begin.filter(Boolean).length;
        for (const positions of sequences(p.domainSize, Math.abs(ones - p.weight) + 2 + redrawn)) {
          const taken = takenOf(begin, p.weight, positions);
          if (taken === undefined) continue;
          const kept = positions.filter((_, i) => taken[i]);
          for (let value = 0; value < p.domainSize; value++) {
            for (const coin of ['in', 'out'] as const) {
              const source = scripted(p, { begin, positions, coin });
              const report = client.randomize(p, value, source);
              expect(source.drawn()).toBe(positions.length + 1);
              expect(report).toEqual(client.randomize(p, value, scripted(p, { begin, positions: kept, coin })));
            }
          }
        }
      }
    }
  });

  it('begins with bits that all have one chance, few digits long and near the share of members', () => {
    for (const domainSize of [2, 9, 128, 1000, 1024, 65_536]) {
      for (const epsilon of [0.01, 0.5, 1, 2, 4, 8]) {
        const { weight } = params({ epsilon, domainSize });
        const begin = beginning(domainSize, weight);
        if (begin === undefined) expect(weight / domainSize).toBeLessThan(1 / 8);
        else {
          expect(begin.set).toEqual(begin.unset);
          expect(begin.digits).toBeLessThanOrEqual(8);
          const surplus = (begin.set.high / 2 ** 32) * domainSize - weight;
          expect(Math.abs(surplus)).toBeLessThan(Math.max(domainSize / 32, 2));
        }
      }
    }
  });
});

describe('the weight', () => {
  it('is the floor or the ceiling of k/(E+1), at least 1, whichever has the smaller total error', () => {
    const totalError = (k: number, e: number, w: number) => {
      const p = (w * e) / (w * e + k - w);
      const q = (p * (w - 1) + (1 - p) * w) / (k - 1);
      return (p * (1 - p) + (k - 1) * q * (1 - q)) / (p - q) ** 2;
    };
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 5000 }), fc.integer({ min: 100, max: 160_000 }), (domainSize, tenths) => {
        const epsilon = tenths / 10_000;
        const { weight } = params({ epsilon, domainSize });
        const e = Math.exp(epsilon);
        const below = Math.max(1, Math.floor(domainSize / (e + 1)));
        expect([below, below + 1]).toContain(weight);
        expect(totalError(domainSize, e, weight)).toBeLessThanOrEqual(
          totalError(domainSize, e, 2 * below + 1 - weight) * (1 + 1e-12),
        );
      }),
    );
    expect(params({ epsilon: 0.000001, domainSize: 2 }).weight).toBe(1);
    // Where rounding k/(E+1) = 1.499 to 1 would cost 2.6%.
    expect(params({ epsilon: 1.3, domainSize: 7 }).weight).toBe(2);
  });

  it('gives the errors published for 1,024 values', () => {
    for (const [epsilon, error] of [
      [0.5, 15.64],
      [1, 3.674],
      [2, 0.7217],
      [4, 0.0749],
    ] as const) {
      const p = params({ epsilon, domainSize: 1024 });
      const shares = new Float64Array(1024).fill(1 / 1024);
      const total = aggregator.variance(p, shares, 1).reduce((sum, v) => sum + v, 0);
      expect(total / 1024 / error).toBeCloseTo(1, 2);
    }
  });

  it('is that of every report: one more or fewer is refused, and so is a bit beyond the domain', () => {
    const p = params({ epsilon: 1, domainSize: 13 });
    const report = client.randomize(p, 3, seededSource('weight'));
    expect(aggregator.decode(p, report)).toEqual(report);
    for (let bit = 0; bit < 16; bit++) {
      const other = report.slice();
      other[bit >> 3] = (other[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(codeOf(() => aggregator.decode(p, other))).toBe('report-malformed');
      const state = aggregator.empty(p);
      expect(codeOf(() => aggregator.accumulateAll(p, state, Uint8Array.of(...report, ...other)))).toBe(
        'report-malformed',
      );
      expect(state).toEqual(aggregator.empty(p));
      if (bit < 13) continue;
      // Of the right weight, but one member is no value.
      const member = [...Array(13).keys()].find((i) => ((report[i >> 3] as number) >> (i & 7)) & 1) as number;
      other[member >> 3] = (other[member >> 3] as number) ^ (1 << (member & 7));
      expect(codeOf(() => aggregator.decode(p, other))).toBe('report-malformed');
    }
  });
});

describe('effectiveEpsilon of subset selection', () => {
  it('is at most the declared one, and near it, for any domain', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 2 ** 20 }),
        fc.integer({ min: 1, max: 16_000_000 }),
        (domainSize, micro) => {
          const p = params({ epsilon: micro / 1e6, domainSize });
          const effective = channel.effectiveEpsilon(p);
          expect(effective).toBeLessThanOrEqual(micro / 1e6);
          expect(effective).toBeGreaterThan(micro / 1e6 - 1e-9);
        },
      ),
    );
  });
});

describe('many reports', () => {
  it('are as many as were asked for, over a block source as over single words', () => {
    const p = params({ epsilon: 1, domainSize: 300 });
    for (const blockWords of [1, 64, 16_384]) {
      const picks = seededSource('subset/blocks');
      const source = sourceFrom(() => picks.next(), blockWords);
      const state = aggregator.empty(p);
      let reuse: subset.SubsetReport | undefined;
      for (let i = 0; i < 200; i++) {
        reuse = client.randomize(p, i, source, undefined, reuse);
        aggregator.accumulate(p, state, aggregator.decode(p, client.encode(p, reuse)));
      }
      expect(state.counts.reduce((sum, count) => sum + count, 0)).toBe(200 * p.weight);
    }
  });

  it('refuse a value outside the domain before a word is drawn', () => {
    const p = params({ epsilon: 1, domainSize: 4 });
    expect(codeOf(() => client.randomize(p, 4, recordedSource([])))).toBe('value-out-of-range');
    expect(toNumber(channel.likelihood(p, 0, Uint8Array.of(1)))).toBeGreaterThan(0);
  });
});
