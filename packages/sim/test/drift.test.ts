import { catalogue } from '@dither/mechanisms/catalogue';
import { declaredPopulation, type RunReport, runPage, runReport } from '@dither/sim';
import { describe, expect, it } from 'vitest';
import { exact } from '../src/exact-engine.js';
import { runWindows } from '../src/run/windows.js';
import { small } from './small-registry.js';

const QUIET = { note: () => undefined, isTerminal: false, now: () => 0, stop: new AbortController().signal };

const population = declaredPopulation(
  'drift',
  {
    metrics: {
      colour: { drift: { from: { values: { red: 9, green: 1 } }, to: { values: { red: 1, green: 8, blue: 1 } } } },
      load: { uniform: {} },
      memory: { uniform: {} },
      opened: { drift: { from: { poisson: { mean: 2 } }, to: { poisson: { mean: 6 } } } },
      used: { values: { yes: 1, no: 1 } },
    },
  },
  small,
  (path, expected) => {
    throw new Error(`${path.join('.')} ${expected}`);
  },
);

async function report(clients: number, repetitions: number, windows: number): Promise<RunReport> {
  const options = { registry: small, mechanisms: catalogue, population, clients, repetitions, seed: 'drift' };
  const done = await runWindows({ ...options, engine: exact }, windows, QUIET);
  if (done.summary === undefined) throw new Error('nothing was done');
  return runReport({ ...options, summary: done.summary, windows: done.windows });
}

describe('a run of several windows', () => {
  it('estimates each of them, from installations of its own', async () => {
    const { windows, repetitions, coverage, intervals, metrics } = await report(10_000_000, 2, 5);
    expect(repetitions).toBe(2);
    expect(windows?.map(({ window }) => window)).toEqual([1, 2, 3, 4, 5]);
    expect(coverage.trials).toBe(5 * 2 * 5);
    expect(intervals.count).toBe(5 * 2 * 19);
    windows?.forEach((of, i) => {
      const red = of.metrics[0]?.values[0];
      // Ten millions: their share is right to .0005 with five standard errors, the estimate (.0004) to .003 with six.
      expect(Math.abs((red?.truth as number) - (0.9 - 0.2 * i))).toBeLessThan(0.0008);
      expect(Math.abs((red?.error as number) ?? 1)).toBeLessThan(0.004);
    });
    // The tables of the whole are those of the first window; its errors are over all.
    expect(metrics[0]?.values[0]?.truth).toBe(windows?.[0]?.metrics[0]?.values[0]?.truth);
    const used = windows?.map((of) => of.metrics[4]?.values[0]?.truth);
    expect(new Set(used).size).toBe(5);
  });

  it('draws a line for the value of each metric that moved most', async () => {
    const { sections } = runPage(await report(1_000_000, 1, 3));
    const [colour, opened] = sections;
    expect(colour?.heading).toBe('colour: red, window by window');
    expect(colour?.sentence).toMatch(/^It went from \d\d\.\d\d% to \d+\.\d\d%; the estimates say from \d\d\.\d\d% to /);
    expect(colour?.chart).toMatchObject({ kind: 'lines', series: [{ label: 'truth' }, { label: 'estimate' }] });
    expect(colour?.table?.rows.map(([window]) => window)).toEqual(['1', '2', '3']);
    expect(opened?.heading).toBe('opened: mean, window by window');
    expect(sections.at(-1)?.heading).toBe('How wrong, in figures');
  });
});
