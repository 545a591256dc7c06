import { aggregator as hadamardSketch } from '@dither/mechanisms/hadamard-count-mean-sketch';
import { aggregator as hashing } from '@dither/mechanisms/local-hashing';
import { type Metric, parseHeader, parseReports, publicDraw, splitReports } from '@dither/protocol';
import { category, defineRegistry } from '@dither/sdk';
import { hadamardCountMeanSketch, localHashing, sue } from '@dither/sdk/mechanisms';
import { describe, expect, it } from 'vitest';
import { agreed, DAY, HOUR, MORNING, slowly } from '../support/installation.js';
import { about, nearlyTrue } from '../support/registry.js';

const values = Array.from({ length: 60 }, (_, i) => `value ${i}`);
const long = Array.from({ length: 4000 }, (_, i) => `value ${i}`);
const registry = defineRegistry({
  app: 'org.example.draws',
  expectedClients: 1000,
  budget: { perWindow: 10_000, lifetime: 1_000_000 },
  metrics: {
    hashed: category({ ...about, epsilon: 3, mechanism: localHashing, values }),
    sketched: category({ ...about, ...nearlyTrue, mechanism: hadamardCountMeanSketch, values }),
    // Reports of 500 bytes: a day's are several batches.
    ...Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`z${i}`, category({ ...about, mechanism: sue, values: long })]),
    ),
  },
});
const { hashed, sketched } = registry.metrics as unknown as { readonly [id: string]: Metric };

describe('a report under a public draw', () => {
  it('is made under the draw of its own batch, whichever of several it is in', async () => {
    const installation = await agreed(registry, MORNING, { seed: 'draws' });
    const days = 25;
    for (let day = 0; day <= days; day++) {
      const { client, time } = await installation.start(MORNING + day * DAY, { wrap: slowly });
      client.record('hashed', 'value 7');
      client.record('sketched', 'value 7');
      await time.advance(7 * HOUR);
      await client.stop();
    }
    for (const [metric, aggregator] of [
      [hashed, hashing],
      [sketched, hadamardSketch],
    ] as const) {
      const { params, fingerprint } = metric as Metric;
      const state = aggregator.empty(params as never);
      const draws = new Set<number>();
      for (const { bytes } of installation.messages) {
        const header = parseHeader(bytes);
        for (const { index, window, bytes: report } of parseReports(bytes, registry)) {
          if (registry.wire[index]?.id !== metric?.id) continue;
          const draw = publicDraw(fingerprint, window, header, params.draws as number);
          draws.add(draw);
          aggregator.accumulate(params as never, state, aggregator.decode(params as never, report, draw));
        }
      }
      expect(installation.messages.length).toBeGreaterThan(days);
      expect(state.n).toBe(days);
      expect(draws.size).toBeGreaterThan(days / 4);
      const estimates = aggregator.estimate(params as never, state).map(({ value }) => value);
      expect(Math.max(...estimates)).toBe(estimates[7]);
    }
  });

  it('shares a batch with reports that depend on their metrics and windows alone', () => {
    const places = registry.wire.flatMap((_, index) => [
      { index, window: 1 },
      { index, window: 2 },
    ]);
    const parts = splitReports(registry, places);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.flat()).toEqual(places);
  });
});
