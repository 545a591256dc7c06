import { describe, expect, it } from 'vitest';
import { readArguments } from '../src/commands/command.js';
import { compare } from '../src/commands/compare.js';
import { isRefuted, leastOf } from '../src/compare/likely.js';
import { comparePage } from '../src/compare/page.js';
import type { CompareReport, ReportedCell } from '../src/compare/report.js';

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

/** Stopped when it was looked at so many times. */
function stoppedAfter(looks: number): AbortSignal {
  const { signal } = new AbortController();
  let looked = 0;
  Object.defineProperty(signal, 'aborted', { get: () => ++looked > looks });
  return signal;
}

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
      const size = kind === 'timing' ? ['--buckets', '8'] : [];
      const args = ['--kind', kind, ...size, '--clients', '1000', '--epsilons', '1', '--repetitions', '1'];
      const report = await compared(never, ...args);
      const page = comparePage(report);
      expect(page.lead[0]).toMatch(
        /^Take [\w-]+ at epsilon 1: with 1,000 installations (an estimated share is|the mean is|the median, the p75 and the p95 are) then typically off by [\d.]+/,
      );
      expect(page.lead[1]).toMatch(
        /^With 1,000 installations and epsilon 1, [\w-]+ is predicted to err least: by [\d.]+/,
      );
      expect(page.sections.map(({ chart }) => chart?.kind)).toEqual(['scatter', 'lines', undefined, undefined]);
    }
  });

  it('predicts alone what it was stopped before', async () => {
    const report = await compared(AbortSignal.abort(), ...shares);
    expect(report).toMatchObject({ code: 130, isPartial: true });
    expect(report.cells.every(({ measured, engine }) => measured === null && engine === 'predicted')).toBe(true);
  });

  it('begins with what to take and how far off it is, in whole words', async () => {
    const report = await compared(
      never,
      '--kind',
      'boolean',
      '--clients',
      '1e4,1e6',
      '--epsilons',
      '.5,1,4',
      '--quick',
    );
    // By hand: sqrt(p q / n) / (p - q) for p = e / (1 + e).
    expect(report.recommended).toMatchObject({ mechanism: 'rr', epsilon: 1, clients: 1e6 });
    expect(comparePage(report).lead[0]).toBe(
      'Take rr at epsilon 1: with 1,000,000 installations an estimated share is then typically off by 0.096 points, up or down: a true 10% may be shown as 9.904% or 10.096%.',
    );
    expect(new Set(report.advice.map(({ clients }) => clients))).toEqual(new Set([1e6]));
  });

  it('says where a measurement refutes a prediction, and goes by the measurement', async () => {
    const args = ['--kind', 'category', '--clients', '1e4', '--epsilons', '1', '--mechanisms', 'grr,oue'];
    const report = await compared(never, ...args, '--repetitions', '5');
    const [first, second] = report.cells as [ReportedCell, ReportedCell];
    const [best, other] = first.predicted < second.predicted ? [first, second] : [second, first];
    expect(leastOf(report.cells)).toBe(best);
    const wrong = { ...best, measured: 10 * best.predicted };
    expect(leastOf([{ ...wrong, standardError: best.predicted }, other])).toBe(other);
    // What chance may have done refutes nothing.
    expect(isRefuted({ ...wrong, standardError: 3 * best.predicted })).toBe(false);
    expect(isRefuted({ ...wrong, standardError: null })).toBe(false);
    expect(isRefuted({ ...best, measured: 1.2 * best.predicted, standardError: 0 })).toBe(false);
    const { lead } = comparePage({ ...report, cells: [{ ...wrong, standardError: best.predicted }, other] });
    expect(lead.join(' ')).toContain(`${other.mechanism} is predicted to err least`);
    expect(lead.join(' ')).toMatch(new RegExp(`There ${best.mechanism} is predicted to err by .* and was measured`));
  });

  it('says of a measurement how sure it is', async () => {
    const args = ['--kind', 'boolean', '--clients', '1e4', '--epsilons', '1'];
    const { cells } = await compared(never, ...args, '--repetitions', '400');
    const [{ measured, standardError, predicted }] = cells as [ReportedCell];
    // The root of a mean of 400 squares of normal errors: 1/sqrt(800) of it. Four of its own deviations, some 10%, are allowed.
    expect((standardError ?? 0) / predicted / Math.sqrt(1 / 800)).toBeGreaterThan(0.6);
    expect((standardError ?? 0) / predicted / Math.sqrt(1 / 800)).toBeLessThan(1.4);
    expect(Math.abs((measured ?? 0) - predicted)).toBeLessThan(4.5 * (standardError ?? 0));
    const few = await compared(never, ...args, '--repetitions', '2');
    expect(few.cells[0]?.standardError).toBeNull();
  });

  it('gives no false reason for what was stopped before it was measured', async () => {
    const args = ['--kind', 'boolean', '--clients', '1000', '--epsilons', '1,2', '--repetitions', '9'];
    const report = await compared(stoppedAfter(5), ...args);
    expect(report.isPartial).toBe(true);
    const done = report.cells.map(({ repetitions }) => repetitions);
    expect(done[0]).toBeGreaterThan(0);
    expect(done[0]).toBeLessThan(9);
    expect(done.at(-1)).toBe(0);
    const notes = comparePage(report).sections.flatMap((section) => section.notes ?? []);
    expect(notes).toContain(`rr at epsilon 1: stopped after ${done[0]} repetitions.`);
    expect(notes).toContainEqual(expect.stringMatching(/^predicted: it was stopped before, or no law/));
    const facts = new Map(comparePage(report).facts);
    expect(facts.get('error')).toMatch(/over 9 repetitions where it was not stopped before$/);
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
