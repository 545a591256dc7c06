import { client as countMeanSketch } from '@dither/mechanisms/count-mean-sketch';
import { client as dBitFlip } from '@dither/mechanisms/d-bit-flip';
import { client as duchi } from '@dither/mechanisms/duchi';
import { client as hadamardCountMeanSketch } from '@dither/mechanisms/hadamard-count-mean-sketch';
import { client as hybrid } from '@dither/mechanisms/hybrid';
import { client as lGrr } from '@dither/mechanisms/l-grr';
import { client as lOsue } from '@dither/mechanisms/l-osue';
import { client as localHashing } from '@dither/mechanisms/local-hashing';
import { client as piecewise } from '@dither/mechanisms/piecewise';
import { client as recursiveHadamard } from '@dither/mechanisms/recursive-hadamard';
import {
  batchToJson,
  category,
  count,
  defineRegistry,
  formatDay,
  type Metric,
  parseHeader,
  parseReports,
} from '@dither/protocol';
import { type EstimateAnswer, memoryStorage } from '@dither/server';
import { beforeAll, describe, expect, it } from 'vitest';
import { about, DAY, testApp } from './fixture.js';
import { batchesOf, latchedBatches, type Measured, seededSource } from './simulated.js';

const values = Array.from({ length: 40 }, (_, i) => `v${i}`);
const latch = { epsilonFirst: 1, epsilonInfinity: 2, epoch: 4 } as const;
const period = 1;
const registry = defineRegistry({
  app: 'org.example.mechanisms',
  expectedClients: 1000,
  budget: { perWindow: 400, lifetime: 4000 },
  metrics: {
    hashed: category({ ...about, period, values, epsilon: 2, mechanism: localHashing }),
    recursive: category({ ...about, period, values, epsilon: 2, mechanism: recursiveHadamard }),
    sketched: category({ ...about, period, values, epsilon: 2, mechanism: countMeanSketch }),
    'sketched-bit': category({ ...about, period, values, epsilon: 2, mechanism: hadamardCountMeanSketch }),
    duchi: count({ ...about, period, clamp: 10, mechanism: duchi }),
    piecewise: count({ ...about, period, clamp: 10, mechanism: piecewise }),
    hybrid: count({ ...about, period, clamp: 10, mechanism: hybrid }),
    latched: category({ ...about, period, values: ['a', 'b'], mechanism: lGrr, latch }),
    'latched-bits': category({ ...about, period, values, mechanism: lOsue, latch }),
    'latched-few-bits': category({
      ...about,
      period,
      values,
      mechanism: dBitFlip,
      latch: { ...latch, epsilonInfinity: 1 },
    }),
  },
});
const wire: readonly Measured[] = registry.wire;
const metricOf = (id: string) => wire.find((metric) => metric.id === id) as Measured;

/** First day of an epoch of four days that is over. */
const EPOCH = DAY - (DAY % 4) - 4;
const WINDOW = DAY - 1;
const storage = memoryStorage();
const n = 4000;

/** A chance of 1e-7 to be further away, two-sided. */
const FAR = 5.33;

async function ask(url: string): Promise<EstimateAnswer> {
  const { get } = await testApp({ registries: [registry], storage });
  return (await get(url)).json() as EstimateAnswer;
}

const drawn = ['hashed', 'recursive', 'sketched', 'sketched-bit'];
const means = ['duchi', 'piecewise', 'hybrid'];
const latched = ['latched', 'latched-bits', 'latched-few-bits'];

beforeAll(async () => {
  const source = seededSource(7);
  // Half hold the first value, the others what the metric takes for no event.
  for (const id of drawn) {
    const holders = Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 0 : values.length));
    await storage.commit(batchesOf(registry, metricOf(id), WINDOW, holders, source));
  }
  for (const id of means) {
    await storage.commit(
      batchesOf(
        registry,
        metricOf(id),
        WINDOW,
        Array.from({ length: n }, (_, i) => i % 11),
        source,
      ),
    );
  }
  for (const id of latched) {
    const none = metricOf(id).none as number;
    const holders = Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 0 : none));
    await storage.commit(latchedBatches(registry, metricOf(id), [EPOCH, EPOCH + 1, EPOCH + 2], holders, source));
  }
});

describe('reports under public draws', () => {
  it('are counted under the draw that follows from their batch', async () => {
    for (const id of drawn) {
      const answer = await ask(`/v1/metrics/${id}/estimate`);
      expect(answer).toMatchObject({ n, answers: 'frequencies', status: 'ok' });
      expect(answer.values).toHaveLength(values.length + 1);
      for (const { index, value, standardError } of answer.values) {
        const truth = index === 0 || index === values.length ? 0.5 : 0;
        expect(Math.abs((value as number) - truth)).toBeLessThan(FAR * (standardError as number));
      }
      // Half is told from nothing by far: under wrong draws it would not be.
      expect(answer.values[0]?.low).toBeGreaterThan(0.2);
    }
  });

  it('are the same as JSON and as bytes', async () => {
    const [batch] = batchesOf(registry, metricOf('hashed'), WINDOW, [3], seededSource(8));
    const bytes = batch?.bytes as Uint8Array;
    const json = batchToJson({ ...parseHeader(bytes), reports: parseReports(bytes, registry) });
    const counted = async (body: Uint8Array | object) => {
      const own = memoryStorage();
      const { post } = await testApp({ registries: [registry], storage: own });
      expect((await post(body)).json()).toMatchObject({ duplicate: false, accepted: 1 });
      const states = await own.states((metricOf('hashed') as Metric).fingerprint, 0, 65_535);
      return states.flatMap(({ state }) => [...state.counts]);
    };
    const asBytes = await counted(bytes);
    expect(asBytes.reduce((sum, x) => sum + x, 0)).toBe(1);
    expect(await counted(json)).toEqual(asBytes);
  });
});

describe('a count whose mechanism answers for the mean alone', () => {
  it('has a mean and a total, and nothing else', async () => {
    for (const id of means) {
      const { values: rows, population, postProcessed } = await ask(`/v1/metrics/${id}/estimate`);
      expect(rows.map(({ quantity }) => quantity)).toEqual(['mean', 'total']);
      const [mean, total] = rows;
      const truth = Array.from({ length: n }, (_, i) => i % 11).reduce((sum, x) => sum + x, 0) / n;
      expect(Math.abs((mean?.value as number) - truth)).toBeLessThan(FAR * (mean?.standardError as number));
      expect(total?.value).toBeCloseTo(n * (mean?.value as number), 6);
      expect(population).toBe('reporting installations, per period of one day: the sum of the period, clamped');
      expect(postProcessed.values.map(({ quantity }) => quantity)).toEqual(['mean', 'total']);
    }
  });
});

describe('a latched metric over indices', () => {
  it('is estimated from all reports of an epoch, with the error of what they share', async () => {
    const day = formatDay(EPOCH);
    for (const id of latched) {
      const epoch = await ask(`/v1/metrics/${id}/estimate`);
      const one = await ask(`/v1/metrics/${id}/estimate?from=${day}&to=${day}`);
      expect([epoch.n, one.n]).toEqual([3 * n, n]);
      const [first, single] = [epoch.values[0], one.values[0]];
      expect(Math.abs((first?.value as number) - 0.5)).toBeLessThan(FAR * (first?.standardError as number));
      // Three reports of one epoch know more than one, but for those that repeat it, and less than three of three.
      const gain = (single?.standardError as number) / (first?.standardError as number);
      expect(gain).toBeLessThan(Math.sqrt(3) * 0.98);
      expect(gain).toBeGreaterThan(id === 'latched-few-bits' ? 0.97 : 1.05);
    }
  });

  it('says when its value was read', async () => {
    const { population, epsilon } = await ask('/v1/metrics/latched/estimate');
    expect(population).toContain('before the first report of each epoch of 4 days, kept for all of it');
    expect(epsilon.declared).toBe(1);
  });
});
