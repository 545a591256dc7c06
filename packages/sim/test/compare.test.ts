import { describe, expect, it } from 'vitest';
import { readArguments } from '../src/commands/command.js';
import { compare } from '../src/commands/compare.js';
import { comparePage } from '../src/compare/page.js';
import type { CompareReport } from '../src/compare/report.js';

async function compared(stop: AbortSignal, ...args: string[]): Promise<CompareReport & { code: number }> {
  let out = '';
  const code = await compare.run(readArguments(compare, ['--json', '--seed', '1', ...args]), {
    out: (text) => {
      out += text;
    },
    note: () => undefined,
    isTerminal: false,
    isColoured: false,
    now: () => 0,
    stop,
  });
  return { ...(JSON.parse(out) as CompareReport), code };
}

const never = new AbortController().signal;

describe('dither-sim compare', () => {
  const shares = [
    '--kind',
    'category',
    '--values',
    '20',
    '--population',
    'zipf:1',
    '--clients',
    '1e4,1e6',
    '--epsilons',
    '1,4',
  ];

  it('measures what is predicted, and says how', async () => {
    const report = await compared(
      never,
      ...shares,
      '--mechanisms',
      'grr,oue,subset-selection,hadamard-response',
      '--repetitions',
      '60',
    );
    expect(report).toMatchObject({
      command: 'compare',
      code: 0,
      question: 'shares',
      repetitions: 60,
      isPartial: false,
    });
    expect(report.metric).toMatchObject({ id: null, kind: 'category', values: 21 });
    const engines = new Map(report.cells.map(({ mechanism, engine }) => [mechanism, engine]));
    expect(engines.get('grr')).toBe('exact');
    expect(engines.get('subset-selection')).toBe('marginal');
    for (const { measured, predicted, mechanism } of report.cells) {
      // Of 60 repetitions of 21 errors at least: a standard error of some 5%, of which five are passed once in a million times.
      expect((measured ?? 0) / predicted, mechanism).toBeGreaterThan(0.75);
      expect((measured ?? 0) / predicted, mechanism).toBeLessThan(1.25);
    }
  });

  it('has a front of what nothing beats, and the choice that advise would make', async () => {
    const { cells, advice } = await compared(never, ...shares, '--repetitions', '1');
    for (const clients of [1e4, 1e6]) {
      for (const epsilon of [1, 4]) {
        const here = cells.filter((cell) => cell.clients === clients && cell.epsilon === epsilon);
        const least = Math.min(...here.map(({ predicted }) => predicted));
        expect(here.filter(({ isFront }) => isFront).map(({ predicted }) => predicted)).toEqual([least]);
        const choice = advice.find((one) => one.clients === clients && one.epsilon === epsilon);
        // advise looks at values that are equally common: where they are not it may be a little off.
        const chosen = here.find(({ mechanism }) => mechanism === choice?.mechanism)?.predicted ?? Number.NaN;
        expect(chosen / least).toBeLessThan(1.1);
        expect(choice?.reason).toMatch(/least error/);
      }
    }
  });

  it('tells counts of a person by the period', async () => {
    const { cells } = await compared(
      never,
      '--kind',
      'boolean',
      '--period',
      '7',
      '--epsilons',
      '.5',
      '--clients',
      '1000',
      '--quick',
    );
    expect(cells[0]).toMatchObject({
      reportBytes: 1,
      person: { perReport: 0.5, perWindow: 2, windows: 52, days: 1456 },
    });
  });

  it('makes a page of every kind of metric, from the report alone', async () => {
    for (const kind of ['boolean', 'count', 'timing']) {
      const args = ['--kind', kind, '--buckets', '8', '--clients', '1000', '--epsilons', '1', '--repetitions', '1'];
      const report = await compared(never, ...args);
      const page = comparePage(report);
      expect(page.lead[0]).toMatch(/^With 1,000 installations and epsilon 1, [\w-]+( \(.*\))? errs least: by [\d.]+/);
      expect(page.sections.map(({ chart }) => chart?.kind)).toEqual(['scatter', 'lines', undefined, undefined]);
    }
  });

  it('predicts alone what it was stopped before', async () => {
    const report = await compared(AbortSignal.abort(), ...shares);
    expect(report).toMatchObject({ code: 130, isPartial: true });
    expect(report.cells.every(({ measured, engine }) => measured === null && engine === 'predicted')).toBe(true);
  });

  it.each([
    [[], 'argument-missing: --registry FILE is needed, or --kind'],
    [['--kind', 'category', '--epsilons', '1,11'], '--epsilons is a number from 0.001 to 10'],
    [['--kind', 'category', '--mechanisms', 'grr,rr'], 'mechanism-unknown'],
    [['--kind', 'category', '--values', '1000', '--bytes', '1', '--mechanisms', 'oue'], 'wish-unfit: no report'],
    [['--kind', 'timing', '--range', '5:1'], '--range is two numbers'],
    [['--kind', 'boolean', '--period', '2'], '--period is one of 1, 7, 28'],
  ])('refuses %j', async (args, message) => {
    await expect(compared(never, ...args)).rejects.toThrow(message);
  });
});
