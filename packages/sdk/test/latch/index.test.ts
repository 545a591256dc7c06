import { type LGrrParams, aggregator as lGrrAggregator } from '@dither/mechanisms/l-grr';
import type { Metric } from '@dither/protocol';
import { category, defineRegistry, quantity } from '@dither/sdk';
import { dBitFlip, lGrr, loloha } from '@dither/sdk/mechanisms';
import { describe, expect, it } from 'vitest';
import { readable } from '../../src/latching.js';
import type { Records } from '../../src/recorder.js';
import { agreed, DAY, HOUR, ledgerIn, MORNING } from '../support/installation.js';
import { reportsIn } from '../support/receiver.js';
import { about } from '../support/registry.js';

const DAYS = 8;
const latch = { epsilonFirst: 8, epsilonInfinity: 10, epoch: DAYS } as const;
const reason = 'The tests read the value back.';
const values = ['zero', 'one', 'two', 'three'] as const;
const registry = defineRegistry({
  app: 'org.example.latched-indices',
  expectedClients: 1000,
  budget: { perWindow: 10_000, lifetime: 10_000 },
  metrics: {
    engine: category({ ...about, mechanism: lGrr, latch, reason, values }),
    shade: category({ ...about, mechanism: loloha, latch, reason, values }),
    disk: quantity({
      ...about,
      mechanism: dBitFlip,
      latch: { ...latch, epsilonInfinity: 8 },
      reason,
      unit: 'GB',
      range: [0, 64],
      buckets: 64,
    }),
  },
});

/** An epoch in which the engine is `engine` on the first day and another on each later one. */
async function epochOf(seed: string, engine: (typeof values)[number]) {
  const installation = await agreed(registry, MORNING, { seed });
  for (let day = 0; day <= DAYS; day++) {
    const { client, time } = await installation.start(MORNING + day * DAY);
    client.record('engine', day === 0 ? engine : 'three');
    client.record('disk', 8 * day);
    await time.advance(7 * HOUR);
    await client.stop();
  }
  const reports = reportsIn(installation.messages, registry);
  const bytesOf = (id: string) => reports.filter(({ metric }) => metric === id).map(({ bytes }) => bytes);
  return { installation, bytesOf };
}

describe('a latched metric over indices', () => {
  it('reports each period of an epoch from the value of the first, and is charged its table', async () => {
    const { params, microEpoch } = registry.metrics.engine as unknown as Metric & { readonly params: LGrrParams };
    for (const [index, engine] of values.slice(0, 3).entries()) {
      const { installation, bytesOf } = await epochOf('indices', engine);
      const reported = bytesOf('engine').map((bytes) => lGrrAggregator.decode(params, Uint8Array.from(bytes)));
      expect(reported).toHaveLength(DAYS);
      // With epsilon 8 a report is another value about once in 700 times.
      expect(reported.filter((value) => value === index).length).toBeGreaterThan(DAYS / 2);
      expect(ledgerIn(installation.texts).metrics['engine']?.spent).toBe(microEpoch.at(-1));
    }
  });

  it('repeats the very report, where its mechanism says so', async () => {
    const { bytesOf } = await epochOf('repeats', 'one');
    expect(bytesOf('disk')).toHaveLength(DAYS);
    expect(new Set(bytesOf('disk').map(String)).size).toBe(1);
  });

  it('shares its cohort draw with the others of the epoch', async () => {
    const { bytesOf } = await epochOf('draw', 'one');
    const [draw = 0] = bytesOf('disk').map(([first]) => (first as number) & 63);
    // Both say the draw: d-bit-flip in its lowest six bits, LOLOHA by the hash function, above its cells.
    const { cells } = registry.metrics.shade.params as unknown as { readonly cells: number };
    const functions = cells ** Math.floor(6 / Math.log2(cells));
    const rows = bytesOf('shade').map(([low = 0, high = 0]) => Math.floor((low + 256 * high) / cells));
    expect(rows).toEqual(new Array(DAYS).fill(draw % functions));
  });

  it('forgets the value once it is latched, and keeps none after', async () => {
    const installation = await agreed(registry, MORNING, { seed: 'forgets' });
    const openValues = () => {
      const { records } = JSON.parse(installation.texts.get('open') ?? '{}') as { readonly records: Records };
      return records['engine']?.map(({ value }) => value);
    };
    const { client } = await installation.start(MORNING + HOUR);
    client.record('engine', 'two');
    await client.stop();
    expect(openValues()).toEqual([2]);
    const next = await installation.start(MORNING + DAY);
    next.client.record('engine', 'one');
    await next.client.stop();
    expect(openValues()).toEqual([undefined]);
    expect(readable(JSON.parse(installation.texts.get('latch') ?? '{}')).outputs.map(({ metric }) => metric)).toContain(
      'engine',
    );
  });
});
