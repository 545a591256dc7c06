import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { toNumber } from '@dither/mechanisms';
import * as dBitFlip from '@dither/mechanisms/d-bit-flip';
import * as lGrr from '@dither/mechanisms/l-grr';
import * as lOsue from '@dither/mechanisms/l-osue';
import * as loloha from '@dither/mechanisms/loloha';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttackResult, attack } from '../src/longitudinal/attack.js';
import { type Columns, readHistories } from '../src/longitudinal/data.js';
import { histories } from '../src/longitudinal/histories.js';
import { messagesOf } from '../src/longitudinal/installation.js';
import { type Reader, readerOf } from '../src/longitudinal/reader.js';
import type { Rule } from '../src/longitudinal/rules.js';
import { targetsOf } from '../src/longitudinal/targets.js';
import { twoStageMechanism } from '../src/longitudinal/two-stage.js';
import { seededSources } from '../src/seeded.js';

let folder = '';
/** Of values that are no file's. */
const start = { file: 'f', line: 1, column: 3 };
const file = async (name: string, content: string | Uint8Array): Promise<string> => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dither-longitudinal-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('messages of an installation', () => {
  // A message of this mechanism is what is stored.
  const params = dBitFlip.client.params({ epsilonFirst: 2, epsilonInfinity: 2, reports: 3, domainSize: 200 });
  const sent = (rule: Rule): string[] => {
    const device = { client: dBitFlip.client as never, params, rule, reports: 3 };
    return messagesOf(device, [5, 5, 9, 5, 9, 9, 5], seededSources('messages')(rule)).map(String);
  };

  it('are made from a new answer each, where they are fresh', () => {
    expect(new Set(sent('fresh')).size).toBe(7);
  });

  it('are made from the answer of the epoch, whatever the value does in it', () => {
    const [a, b, c, d, e, f, g] = sent('latched');
    expect([b, c]).toEqual([a, a]);
    expect([e, f]).toEqual([d, d]);
    expect(new Set([a, d, g]).size).toBe(3);
  });

  it('are made from one answer per value for ever under the memo rule, and one cohort draw', () => {
    const [a, b, c, d, e, f, g] = sent('memo');
    expect([b, d, g]).toEqual([a, a, a]);
    expect([e, f]).toEqual([c, c]);
    expect(c).not.toBe(a);
    const draw = (message: string) => Number(message.split(',')[0]) & 63;
    expect(draw(c as string)).toBe(draw(a as string));
  });

  it('of hashed values keep an answer for each cell, as the paper does', () => {
    const hashed = loloha.client.params({ epsilonFirst: 1, epsilonInfinity: 16, reports: 2, domainSize: 64 });
    const latched: number[] = [];
    const client = {
      ...loloha.client,
      latch: (...args: Parameters<typeof loloha.client.latch>) => {
        latched.push(args[1]);
        return loloha.client.latch(...args);
      },
    };
    const device = { client: client as never, params: hashed, rule: 'memo' as const, reports: 2 };
    messagesOf(
      device,
      Array.from({ length: 64 }, (_, value) => value),
      seededSources('cells')('memo'),
    );
    expect(latched).toHaveLength(hashed.cells);
  });
});

describe('what is read from messages', () => {
  it.each<[string, Reader | undefined, (reader: Reader) => { read: Float64Array; exact: readonly number[] }]>([
    ['l-grr', ...mechanismCase(lGrr, { epsilonFirst: 0.7, epsilonInfinity: 2, reports: 4, domainSize: 5 })],
    ['l-osue', ...mechanismCase(lOsue, { epsilonFirst: 0.7, epsilonInfinity: 2, reports: 4, domainSize: 5 })],
    ['loloha', ...mechanismCase(loloha, { epsilonFirst: 0.7, epsilonInfinity: 2, reports: 4, domainSize: 5 })],
  ])('is the likelihood of the exact channel, but for what all values have in common: %s', (_, reader, compare) => {
    const { read, exact } = compare(reader as Reader);
    exact.forEach((log, value) => {
      expect((read[value] as number) - (read[0] as number)).toBeCloseTo(log - (exact[0] as number), 9);
    });
    expect(Math.max(...exact) - Math.min(...exact)).toBeGreaterThan(0.1);
  });
});

/** A mechanism, and what is read of four reports of one answer, beside its own likelihood of them. */
function mechanismCase<P>(
  mechanism: {
    client: { params(options: never): P };
    repeatsLikelihood(params: P, value: number, reports: readonly never[]): Parameters<typeof toNumber>[0];
  },
  options: object,
): [Reader | undefined, (reader: Reader) => { read: Float64Array; exact: readonly number[] }] {
  const params = mechanism.client.params(options as never) as P & { domainSize: number };
  return [
    readerOf(params as never),
    (reader) => {
      const device = {
        client: mechanism.client as never,
        params: params as never,
        rule: 'latched' as const,
        reports: 4,
      };
      const messages = messagesOf(device, [2, 2, 2, 2], seededSources('read')('l'));
      const tally = reader.empty();
      for (const message of messages) reader.add(tally, message);
      const read = new Float64Array(params.domainSize);
      reader.read(tally, read);
      const exact = Array.from({ length: params.domainSize }, (_, value) =>
        Math.log(toNumber(mechanism.repeatsLikelihood(params, value, messages as never[]))),
      );
      return { read, exact };
    },
  ];
}

describe('the averaging attack', () => {
  const CLIENTS = 800;
  const PERIODS = 12;
  const metric = twoStageMechanism('l-grr', { epsilonFirst: 1, epsilonInfinity: 2, reports: 4, domainSize: 4 });
  const column = Array.from({ length: CLIENTS }, (_, i) => [['a', 'b', 'c', 'd'][i % 4] as string]);
  const constant = histories({ rows: column, leftOut: 0, start }, undefined);
  const run = (seed: string, clients = CLIENTS, stop = new AbortController().signal): Promise<AttackResult> =>
    attack({
      targets: targetsOf(metric, 4, PERIODS),
      histories: constant,
      periods: PERIODS,
      clients,
      sources: seededSources(seed),
      stop,
      onProgress: () => undefined,
    });
  const found = run('attack');

  /** Five standard errors: false alarms once in 1.7 million. */
  const near = (share: number): [number, number] => {
    const error = 5 * Math.sqrt((share * (1 - share)) / CLIENTS);
    return [share - error, share + error];
  };

  it('guesses as often as the exact channel says', async () => {
    const { attacked, mostCommon, clients } = await found;
    expect([mostCommon, clients]).toEqual([0.25, CLIENTS]);
    // One report of epsilon 1 over four values is right with chance e / (e + 3), and twelve latched once, or memoized, at least as
    // often: by the chances of all counts of the four symbols.
    const first = Math.E / (Math.E + 3);
    const expected = bestGuess(metric.stages as never, PERIODS);
    for (const { name, guesses } of attacked) {
      if (name === 'fresh, sharing') continue;
      const [low, high] = near(first);
      expect(guesses[0]?.likeliest).toBeGreaterThan(low);
      expect(guesses[0]?.likeliest).toBeLessThan(high);
    }
    for (const name of ['latched once', 'memo']) {
      const [low, high] = near(expected);
      const guessed = attacked.find((one) => one.name === name)?.guesses.at(-1)?.likeliest;
      expect(guessed).toBeGreaterThan(low);
      expect(guessed).toBeLessThan(high);
    }
  });

  it('averages fresh reports out, and is held where the whole time has one epsilon', async () => {
    const { attacked } = await found;
    const last = (name: string) => attacked.find((one) => one.name === name)?.guesses.at(-1)?.likeliest as number;
    const allowed = Math.exp(2) / (Math.exp(2) + 3);
    expect(last('fresh')).toBeGreaterThan(near(allowed)[1]);
    for (const name of ['fresh, sharing', 'latched once', 'memo']) expect(last(name)).toBeLessThan(near(allowed)[1]);
  });

  it('sees under the memo rule that a value changed, and nothing of it with one latched answer', async () => {
    const { attacked, changing } = await found;
    expect(changing).toBe(0);
    for (const { name, changes } of attacked) {
      // Half of the installations set the level, the other half are counted: six standard errors of both.
      expect(changes.falseAlarms).toBeLessThan(0.05 + 6 * Math.sqrt((2 * 0.05 * 0.95) / (CLIENTS / 2)));
      if (name === 'memo') expect(changes.halfway).toBeGreaterThan(0.2);
      if (name === 'latched once') expect(changes.halfway).toBeLessThan(0.12);
      expect(changes.real).toBeNull();
    }
  });

  it('is the same again for the same seed, and another for another', async () => {
    const few = await run('a', 64);
    expect(await run('a', 64)).toEqual(few);
    expect(await run('b', 64)).not.toEqual(few);
  });

  it('counts the changes of a file, and looks for them', async () => {
    const rows = Array.from({ length: 40 }, (_, i) =>
      Array.from({ length: PERIODS }, (__, at) => (i < 10 && at >= 6 ? 'b' : 'a')),
    );
    const all = histories({ rows, leftOut: 0, start }, undefined);
    const { changing, changes, attacked } = await attack({
      targets: targetsOf(metric, 2, PERIODS),
      histories: all,
      periods: PERIODS,
      clients: 40,
      sources: seededSources('file'),
      stop: new AbortController().signal,
      onProgress: () => undefined,
    });
    expect([changing, changes]).toEqual([10, 10]);
    for (const one of attacked) expect(one.changes.real).not.toBeNull();
  });

  it('stops when asked, with the ways to report that are done', async () => {
    const stop = new AbortController();
    stop.abort();
    expect((await run('stopped', 64, stop.signal)).attacked).toEqual([]);
  });
});

/** Chance that the most likely value of so many reports of one answer is the true one, values being as common. */
function bestGuess(
  { cells, permanent, instantaneous }: { cells: number; permanent: number; instantaneous: number },
  reports: number,
): number {
  const chance = (keep: number, isSame: boolean) => (isSame ? keep : 0) + (1 - keep) / cells;
  let sum = 0;
  const visit = (counts: readonly number[], left: number, ways: number): void => {
    if (counts.length === cells - 1) {
      const all = [...counts, left];
      const weights = all.map(
        (count) => chance(instantaneous, true) ** count * chance(instantaneous, false) ** (reports - count),
      );
      const likelihoods = all.map((_, value) =>
        weights.reduce((total, weight, stored) => total + chance(permanent, value === stored) * weight, 0),
      );
      // Of several that are as likely, the first is taken: it is right once.
      sum += (ways * Math.max(...likelihoods)) / cells;
      return;
    }
    for (let count = 0, choose = 1; count <= left; choose = (choose * (left - count)) / (count + 1), count++) {
      visit([...counts, count], left - count, ways * choose);
    }
  };
  visit([], reports, 1);
  return sum;
}

describe('a file of values', () => {
  const wide: Columns = { kind: 'wide', hasHeader: true };

  it('is read compressed or not, with one value for each person', async () => {
    const text = 'name, colour\na, red\nb, ?\n"c,d", "bl""ue"\r\n\ne, red\n';
    const expected = { rows: [['red'], ['bl"ue'], ['red']], leftOut: 1, start: { line: 1, column: 7 } };
    const column: Columns = { kind: 'one', column: 'colour' };
    expect(await readHistories(await file('plain.csv', text), column)).toMatchObject(expected);
    expect(await readHistories(await file('packed.csv.gz', gzipSync(text)), column)).toMatchObject(expected);
    const second: Columns = { kind: 'one', column: '2' };
    expect((await readHistories(await file('plain.csv', text), second)).rows[0]).toEqual(['colour']);
  });

  it('is read with a column for each moment', async () => {
    const read = await readHistories(await file('wide.csv', 't1,t2,t3\n1,2,30\n4,,6\n7,8,9\n'), wide);
    expect(read).toMatchObject({
      rows: [
        ['1', '2', '30'],
        ['7', '8', '9'],
      ],
      leftOut: 1,
    });
    const { values, rows } = histories(read, undefined);
    expect(values).toEqual(['1', '2', '7', '8', '9', '30']);
    expect(rows.map((row) => [...row])).toEqual([
      [0, 1, 5],
      [2, 3, 4],
    ]);
  });

  it('has its numbers put into ranges that are about as common', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => [String(i)]);
    const { values, rows: found } = histories({ rows, leftOut: 0, start }, 4);
    expect(values).toEqual(['below 25', 'below 50', 'below 75', 'from 75']);
    expect([0, 24, 25, 74, 75, 99].map((i) => found[i]?.[0])).toEqual([0, 0, 1, 2, 3, 3]);
    // Of numbers that are mostly one and the same there are fewer ranges.
    const same = rows.map((_, i) => [String(i < 80 ? 5 : i)]);
    expect(histories({ rows: same, leftOut: 0, start }, 4).values).toHaveLength(2);
  });

  it.each<[string, string | Uint8Array, Columns, string]>([
    ['no such column', 'a,b\n1,2\n', { kind: 'one', column: 'c' }, 'bad.csv:1:1: data-malformed: the first line names'],
    [
      'no such place',
      'a,b\n1,2\n',
      { kind: 'one', column: '3' },
      'bad.csv:1:1: data-malformed: --column is a number from 1 to 2',
    ],
    [
      'the place before the first',
      'a,b\n1,2\n',
      { kind: 'one', column: '0' },
      'bad.csv:1:1: data-malformed: --column is a number from 1 to 2',
    ],
    [
      'another encoding',
      Buffer.from('a,b\n\u00e4\u{1f600},x\u00fc\n', 'utf8').fill(0xfc, 11, 12),
      wide,
      'bad.csv:2:5: data-malformed: the file is in UTF-8',
    ],
    ['lines of different lengths', 'a,b\n1,2\n1\n', wide, 'bad.csv:3:2: data-malformed: a line has 2 fields'],
    ['quotes that do not match', 'a,b\n"1,2\n', wide, 'bad.csv:2:1: data-malformed: the quotes'],
    ['nobody', 'a,b\n', wide, 'bad.csv: data-empty'],
    ['a file cut short', gzipSync('a,b\n'.repeat(1000)).subarray(0, 30), wide, 'bad.csv: file-unreadable'],
  ])('is refused, with its place: %s', async (_, content, columns, message) => {
    const path = await file('bad.csv', content);
    await expect(readHistories(path, columns)).rejects.toThrow(message);
  });

  it('is refused where it is missing, where its texts are no numbers, and where its values are all the same', async () => {
    await expect(readHistories(join(folder, 'gone.csv'), wide)).rejects.toThrow('gone.csv: file-unreadable');
    expect(() => histories({ rows: [['x'], ['1']], leftOut: 0, start }, 2)).toThrow(
      'f:1:3: data-malformed: --buckets is for',
    );
    expect(() => histories({ rows: [['1'], ['1']], leftOut: 0, start }, undefined)).toThrow(
      'f:1:3: data-malformed: a column has',
    );
  });
});
