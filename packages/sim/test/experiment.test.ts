import type { FrequencyMechanism, Mechanism, State } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import type { Registry } from '@dither/protocol';
import {
  cellsOf,
  type ExperimentOptions,
  mergeTallies,
  type Population,
  policy,
  runExperiment,
  runReport,
  type Setup,
  SimError,
  type SimulatedMetric,
  type SimulatedQuantity,
  seededSources,
  shapedPopulation,
  simulatedMetrics,
  summing,
  type Tally,
  type Trial,
  tallyBlock,
} from '@dither/sim';
import { describe, expect, it } from 'vitest';
import { sampled, small } from './small-registry.js';

function options(changes: Partial<ExperimentOptions> = {}): ExperimentOptions {
  const registry = changes.registry ?? small;
  return {
    registry,
    mechanisms: catalogue,
    population: shapedPopulation('zipf', { zipf: 1 }, registry),
    clients: 3000,
    repetitions: 1,
    sources: seededSources('experiment'),
    ...changes,
  };
}

function first(changes: Partial<ExperimentOptions> = {}): Trial {
  const [trial] = runExperiment(options(changes));
  return trial as Trial;
}

function quantitiesOf(metric: SimulatedMetric): readonly SimulatedQuantity[] {
  return metric.answers === 'frequencies' ? metric.quantities : [];
}

/** Remembers the values it hands out. */
function watched(population: Population, drawn: number[][]): Population {
  return {
    ...population,
    draw(installation, source, values) {
      population.draw(installation, source, values);
      drawn.push([...values]);
    },
  };
}

describe('an experiment', () => {
  it('finds as truth the shares that the population really has', () => {
    const drawn: number[][] = [];
    const { findings } = first({ population: watched(options().population, drawn) });
    expect(drawn).toHaveLength(3000);
    findings.forEach(({ metric, n, cells }, i) => {
      expect(n).toBe(3000);
      quantitiesOf(metric).forEach(({ label, weights }, j) => {
        const sum = drawn.reduce((total, values) => total + weights(values[i] as number), 0);
        expect(cells[j]?.truth, `${metric.metric.id} ${label}`).toBeCloseTo(sum / 3000, 12);
      });
    });
  });

  it('takes as truth, and as n, those who drew the metric where participation is sampled', () => {
    const drawn: number[][] = [];
    const reported: number[][] = small.wire.map(() => []);
    const recording = new Map(
      [...catalogue].map(([id, mechanism]): [string, Mechanism] => {
        if (mechanism.answers !== 'frequencies') return [id, mechanism];
        const place = small.wire.findIndex((metric) => metric.params.mechanism === id);
        const own = mechanism.client;
        if ('latch' in own) return [id, mechanism];
        const client: FrequencyMechanism['client'] = {
          ...own,
          randomize(params, value, source) {
            reported[place]?.push(value);
            return own.randomize(params, value, source);
          },
        };
        return [id, { ...mechanism, client }];
      }),
    );
    const { findings } = first({
      registry: sampled,
      mechanisms: recording,
      population: watched(options().population, drawn),
    });
    findings.forEach(({ metric, n, cells }, i) => {
      const values = reported[i] as number[];
      expect(n).toBe(values.length);
      expect(n).toBeLessThan(3000);
      expect(n).toBeGreaterThan(0);
      quantitiesOf(metric).forEach(({ weights }, j) => {
        expect(cells[j]?.truth).toBeCloseTo(values.reduce((sum, value) => sum + weights(value), 0) / n, 12);
      });
    });
    // A budget of 3 over charges of 1, 1, 2, 1, 1: nobody reports more than three metrics.
    expect(reported.flat().length).toBeLessThanOrEqual(3 * 3000);
  });

  it('estimates what the published formulas say, from the reports alone', () => {
    const reports: Record<string, unknown[]> = { grr: [], rr: [], oue: [] };
    const recording = new Map(
      [...catalogue].map(([id, mechanism]): [string, Mechanism] => {
        if (mechanism.answers !== 'frequencies') return [id, mechanism];
        const accumulate = (params: never, state: State, report: unknown): void => {
          reports[id]?.push(report);
          mechanism.aggregator.accumulate(params, state, report);
        };
        return [
          id,
          { ...mechanism, aggregator: { ...mechanism.aggregator, accumulate } as FrequencyMechanism['aggregator'] },
        ];
      }),
    );
    const { findings } = first({ mechanisms: recording });
    const estimates = (id: string): number[] =>
      findings.find((it) => it.metric.metric.id === id)?.cells.map((cell) => cell.estimate.value) ?? [];

    const debias = (count: number, p: number, q: number): number => (count / 3000 - q) / (p - q);
    const e = Math.E;
    const grr = [0, 1, 2, 3].map((value) =>
      debias((reports['grr'] ?? []).filter((it) => it === value).length, e / (e + 3), 1 / (e + 3)),
    );
    estimates('colour').forEach((value, i) => {
      expect(value).toBeCloseTo(grr[i] as number, 10);
    });

    const rr = debias((reports['rr'] ?? []).filter((it) => it === 1).length, e / (e + 1), 1 / (e + 1));
    expect(estimates('used')[0]).toBeCloseTo(rr, 10);

    // q is rounded up to 16 binary digits.
    const oue = [0, 1, 2, 3, 4].map((bit) =>
      debias(
        (reports['oue'] as Uint8Array[]).filter(([byte = 0]) => ((byte >> bit) & 1) === 1).length,
        0.5,
        Math.ceil(2 ** 16 / (e + 1)) / 2 ** 16,
      ),
    );
    estimates('load').forEach((value, i) => {
      expect(value).toBeCloseTo(oue[i] as number, 10);
    });
  });

  it('gives the same result for the same seed, and another one for another', () => {
    const result = (seed: string, registry: Registry = small): string => {
      const sources = seededSources(seed);
      const sums = summing(sources('tested cells'));
      const it = options({ sources, registry, repetitions: 2, clients: 700 });
      for (const trial of runExperiment(it)) sums.add(trial);
      return JSON.stringify(runReport({ ...it, seed: 'hidden', summary: sums.result() }));
    };
    expect(result('one')).toBe(result('one'));
    expect(result('one', sampled)).toBe(result('one', sampled));
    expect(result('one')).not.toBe(result('two'));
    // The generator alone would read these two seeds as the same circle.
    expect(result('1')).not.toBe(result('11'));
  });

  it('is the sum of its blocks, in whatever order they are computed', () => {
    const clients = 2 * policy.blockClients + 1;
    const { findings } = first({ clients });
    const { registry, population, sources } = options();
    const metrics = simulatedMetrics(options());
    const setup: Setup = { registry, metrics, population, sources };
    const starts = [2, 0, 1].map((i) => i * policy.blockClients);
    const [sum, ...others] = starts.map((from) =>
      tallyBlock(setup, { repetition: 0, from, to: Math.min(clients, from + policy.blockClients) }),
    );
    for (const other of others) mergeTallies(setup.metrics, sum ?? [], other);
    metrics.forEach((metric, i) => {
      const estimates = cellsOf(metric, sum?.[i] as Tally).map((cell) => cell.estimate);
      expect(findings[i]?.cells.map((cell) => cell.estimate)).toEqual(estimates);
      expect(findings[i]?.n).toBe(clients);
    });
  });

  it('draws the same population whatever is asked of it', () => {
    const truths = (registry: Registry): number[][] => {
      const drawn: number[][] = [];
      first({ registry, clients: 50, population: watched(options().population, drawn) });
      return drawn;
    };
    expect(truths(sampled)).toEqual(truths(small));
  });

  it('can be stopped after any repetition', () => {
    let done = 0;
    const trials = runExperiment(options({ repetitions: 1000, clients: 10 }), (clients) => {
      done = clients;
    });
    expect(trials.next().value).toMatchObject({ repetition: 0 });
    expect(trials.next().value).toMatchObject({ repetition: 1 });
    expect(done).toBe(20);
  });

  it('says nothing of a metric that nobody reported', () => {
    const nobody: Population = options({ registry: sampled }).population;
    // With one installation and a budget of 3, two of five metrics at least stay silent.
    const sums = summing(seededSources('x')('tested cells'));
    const it = options({ registry: sampled, population: nobody, clients: 1 });
    for (const trial of runExperiment(it)) sums.add(trial);
    const report = runReport({ ...it, seed: 'x', summary: sums.result() });
    const silent = report.metrics.filter(({ n }) => n === 0);
    expect(silent.length).toBeGreaterThanOrEqual(2);
    for (const metric of silent) expect(metric).toMatchObject({ mse: null, maxError: null, values: [] });
    expect(JSON.stringify(report)).not.toMatch(/NaN|Infinity/);
    expect(report.coverage.trials).toBe(5 - silent.length);
  });

  it('refuses a metric whose mechanism it does not have', () => {
    const refused = (): Trial => first({ mechanisms: new Map() });
    expect(refused).toThrow(SimError);
    expect(refused).toThrow('mechanism-unknown');
  });
});
