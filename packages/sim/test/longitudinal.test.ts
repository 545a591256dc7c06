import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as lGrr from '@dither/mechanisms/l-grr';
import * as rr from '@dither/mechanisms/rr';
import { boolean, category, defineRegistry, registryToText } from '@dither/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readArguments } from '../src/commands/command.js';
import { longitudinal } from '../src/commands/longitudinal.js';
import { longitudinalPage } from '../src/longitudinal/page.js';
import type { LongitudinalReport } from '../src/longitudinal/report.js';

const about = { description: 'Something', purpose: 'To test', owner: 'tests@example.org', expires: '2099-12-31' };
const registry = defineRegistry({
  app: 'org.example.state',
  expectedClients: 100,
  metrics: {
    theme: category({
      ...about,
      period: 7,
      values: ['light', 'dark'],
      latch: { epsilonFirst: 0.5, epsilonInfinity: 2, epoch: 28 },
      mechanism: lGrr.client,
    }),
    used: boolean({ ...about, period: 7, mechanism: rr.client }),
  },
});

let folder = '';

async function run(...args: string[]): Promise<{ readonly code: number; readonly out: string }> {
  let out = '';
  const io = {
    out: (text: string) => {
      out += text;
    },
    note: () => undefined,
    isTerminal: false,
    isColoured: false,
    now: () => 0,
    stop: new AbortController().signal,
  };
  const code = await longitudinal.run(readArguments(longitudinal, args), io);
  return { code, out };
}

const json = async (...args: string[]): Promise<LongitudinalReport> =>
  JSON.parse((await run(...args, '--json', '--quick')).out) as LongitudinalReport;

const path = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dither-longitudinal-'));
  await writeFile(path('registry.json'), registryToText(registry));
  const lines = Array.from({ length: 60 }, (_, i) => `${i},${['light', 'dark', 'dark'][i % 3]}`);
  await writeFile(path('people.csv'), `number,theme\n${lines.join('\n')}\n`);
  const moving = Array.from({ length: 60 }, (_, i) =>
    Array.from({ length: 8 }, (__, at) => (i + at * (i % 3)) % 50).join(),
  );
  await writeFile(path('moments.csv'), `${moving.join('\n')}\n`);
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('dither-sim longitudinal', () => {
  it('shows by itself what memoization does not do', async () => {
    const { ledger, attack, metric, revealed, isPartial } = await json('--seed', 'x', '--periods', '60');
    expect([ledger, attack, isPartial]).toEqual([null, null, false]);
    expect(metric).toMatchObject({
      mechanism: 'l-grr',
      epsilonFirst: 0.4,
      epsilonInfinity: 1,
      reports: 4,
      periods: 60,
    });
    const last = revealed?.points.at(-1);
    expect(last).toMatchObject({ reports: 60, publishedMemo: 2, isExact: true });
    expect(last?.memo).toBeCloseTo(26.7549, 4);
    expect(last?.declaredFresh).toBeCloseTo(24, 9);
    for (const point of revealed?.points ?? []) {
      expect(point.latched).toBeLessThanOrEqual(point.declaredLatched);
      expect(point.latched).toBeGreaterThan(point.declaredLatched - 2e-5);
      expect(point.memo).toBeLessThan((point.memoAtMost as number) + 1e-9);
    }
    expect(revealed?.pairs.find(({ reports }) => reports === 10)?.worst).toBeCloseTo(4.183, 3);
  });

  it('says it in words, with the odds, and how to see it again', async () => {
    const { code, out } = await run('--seed', 'x', '--periods', '20', '--quick');
    expect(code).toBe(0);
    const flat = out.replaceAll(/\s+/g, ' ');
    expect(flat).toContain(
      'changed half-way through 20 reports may send messages that tell it from one that did not with near certainty (odds of e^8.5 (4,900 times))',
    );
    expect(flat).toContain('published is epsilon 2.');
    // What Dither does comes before what it does not: e^4.71 to one is 99.1%.
    expect(flat).toMatch(/^Latched by epochs, as Dither does it, .* are told apart at most 99\.1\d% of the time/);
    expect(flat).toContain('The published rule, which Dither does not use,');
    expect(flat).toContain('longitudinal --seed x --periods 20 --quick');
    expect(out).not.toMatch(/NaN|undefined|Infinity|null/);
  });

  it('shows the year of a registry, and the same of its latched metric', async () => {
    const args = ['--registry', path('registry.json'), '--seed', 'x'];
    const { ledger, metric } = await json(...args);
    expect(metric).toMatchObject({ label: 'theme', reports: 4, periods: 52 });
    expect(ledger).toMatchObject({ app: 'org.example.state', participation: 'all', days: 365 });
    expect(ledger?.worst.spent).toBeCloseTo(52 * 1 + (13 * (registry.metrics.theme.microEpoch[3] as number)) / 1e6, 9);
    expect(ledger?.worst.silentFrom).toBeGreaterThan(365);
    const { out } = await run(...args, '--quick', '--out', path('page.html'));
    expect(out).toMatch(/^ +theme +7 d +52 +/m);
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(/One that runs every day .*is silent from day \d+ on\./);
    const html = await readFile(path('page.html'), 'utf8');
    expect(html).toContain('A year of the ledger');
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
    // A metric whose reports are fresh has a ledger, and nothing to latch.
    expect(await json(...args, '--metric', 'used')).toMatchObject({ metric: null, revealed: null });
  });

  it('says first what the epsilons of a year come to, and which lines a chart leaves out', async () => {
    const report = await json('--registry', path('registry.json'), '--seed', 'x');
    const { ledger } = report;
    if (ledger === null) throw new Error('a ledger is expected');
    const page = longitudinalPage(report);
    // Of the first 28 days: e^x to one, by Bayes' rule on even odds.
    const odds = Math.exp(ledger.bound.perWindow);
    const right = (100 * (odds / (1 + odds))).toFixed(2);
    expect(page.lead[0]).toContain(`may be right at most ${right}% of the time after its first 28 days`);
    expect(page.lead[0]).toContain('with up to near certainty after 365');
    const byMetric = (sections: typeof page.sections) => sections.find(({ heading }) => heading === 'By metric');
    expect(byMetric(page.sections)?.notes).toBeUndefined();
    const [first] = ledger.drawn.metrics;
    const drawn = { ...ledger.drawn, metrics: Array.from({ length: 9 }, () => first as NonNullable<typeof first>) };
    const crowded = longitudinalPage({ ...report, ledger: { ...ledger, drawn } });
    expect(byMetric(crowded.sections)?.notes).toEqual(['The chart has those that spend most; 3 more are not drawn.']);
  });

  it('names the line of the memo rule as exact only where it is', async () => {
    const report = await json('--seed', 'x', '--periods', '20');
    const { revealed } = report;
    if (revealed === null) throw new Error('a metric is expected');
    const names = (of: LongitudinalReport): unknown => {
      const chart = longitudinalPage(of).sections.find(({ heading }) => heading === 'Declared, and revealed')?.chart;
      return chart?.kind === 'lines' ? chart.series.at(-1)?.label : undefined;
    };
    expect(names(report)).toBe('memo, changed half-way');
    const points = revealed.points.map((point) => ({ ...point, isExact: false }));
    expect(names({ ...report, revealed: { ...revealed, points } })).toBe('memo, at least');
  });

  it('attacks the people of a file: an attribute that never changes', async () => {
    const args = ['--data', path('people.csv'), '--column', 'theme', '--periods', '8', '--seed', 'x'];
    const { attack } = await json(...args);
    expect(attack).toMatchObject({ people: 60, leftOut: 0, clients: 60, values: ['dark', 'light'], changing: 0 });
    expect(attack?.mostCommon).toBeCloseTo(2 / 3, 9);
    expect(attack?.targets.map(({ name }) => name)).toEqual([
      'fresh',
      'latched by epochs',
      'fresh, sharing',
      'latched once',
      'memo',
    ]);
    expect(attack?.targets.map(({ declared }) => Number(declared.toFixed(2)))).toEqual([3.2, 1.88, 1, 1, 1]);
    expect(attack?.targets[0]?.guesses.map(({ reports }) => reports)).toEqual([1, 2, 4, 8]);
    const { out } = await run(...args, '--quick');
    expect(out).toContain('The averaging attack');
    expect(out).not.toMatch(/NaN|undefined|Infinity/);
    expect((await run(...args, '--quick')).out).toBe(out);
  });

  it('attacks the people of a file: values that move', async () => {
    const args = ['--data', path('moments.csv'), '--wide', '--buckets', '4', '--mechanism', 'loloha', '--seed', 'x'];
    const { attack, metric } = await json(...args);
    expect(metric).toMatchObject({ mechanism: 'loloha', periods: 8 });
    expect(attack?.values).toHaveLength(4);
    expect(attack?.changing).toBeGreaterThan(20);
    expect(attack?.targets.every(({ changes }) => changes.real !== null)).toBe(true);
  });

  it.each<[string, readonly string[], string]>([
    [
      'a metric without a registry',
      ['--metric', 'theme'],
      'argument-missing: --metric says nothing without --registry',
    ],
    [
      'an unknown metric',
      ['--registry', 'registry.json', '--metric', 'x'],
      'metric-unknown: --metric is one of theme, used',
    ],
    ['a mechanism with one stage', ['--mechanism', 'grr'], 'argument-invalid: --mechanism is one of l-grr'],
    [
      'epsilons the wrong way round',
      ['--epsilon-first', '2'],
      'argument-invalid: l-grr: epsilon-out-of-range: epsilonFirst is below',
    ],
    ['too many reports', ['--periods', '367'], 'argument-invalid: --periods is a whole number from 2 to 366'],
    [
      'a mechanism beside a registry',
      ['--registry', 'registry.json', '--mechanism', 'loloha'],
      'argument-invalid: --mechanism says nothing beside --registry',
    ],
    ['days without a ledger', ['--days', '30'], 'argument-missing: --days says nothing without --registry'],
    ['people without data', ['--clients', '30'], 'argument-missing: --clients says nothing without --data'],
    [
      'values beside those of data',
      ['--data', 'people.csv', '--column', 'theme', '--values', '3'],
      'argument-invalid: --values says nothing beside --data',
    ],
    ['data without a column', ['--data', 'people.csv'], 'argument-missing: with --data either --column'],
    [
      'more reports than columns',
      ['--data', 'moments.csv', '--wide', '--periods', '9'],
      'argument-invalid: --periods is at most the 8',
    ],
    [
      'bits that say nothing of a value',
      ['--data', 'people.csv', '--column', 'theme', '--mechanism', 'd-bit-flip', '--epsilon-first', '1'],
      'argument-invalid: --data is for',
    ],
    [
      'data of a fresh metric',
      ['--registry', 'registry.json', '--metric', 'used', '--data', 'people.csv', '--column', 'theme'],
      'argument-invalid: --data needs a latched',
    ],
  ])('refuses %s', async (_, args, message) => {
    const files = args.map((arg) => (/\.(csv|json)$/.test(arg) ? path(arg) : arg));
    await expect(run(...files)).rejects.toThrow(message);
  });
});
