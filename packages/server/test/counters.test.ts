import { client as oue } from '@dither/mechanisms/oue';
import { category, defineRegistry, encodeBatch } from '@dither/protocol';
import { expect, it } from 'vitest';
import { readBatch } from '../src/ingest/contributions.js';
import { serve } from '../src/ingest/served-registry.js';
import { Counters } from '../src/storage/counters.js';
import { about, budget, DAY } from './fixture.js';

/** A state of 4,096 counters, 32 KiB; a report of it 512 bytes. */
const registry = defineRegistry({
  app: 'org.example.large',
  expectedClients: 1000,
  budget,
  metrics: {
    wide: category({ ...about, period: 1, mechanism: oue, values: Array.from({ length: 4095 }, (_, i) => `v${i}`) }),
  },
});
const served = serve(registry);

function batch(window: number, fill: number) {
  const nonce = new Uint8Array(16).fill(fill);
  const bytes = encodeBatch(registry, {
    day: DAY,
    nonce,
    reports: [{ index: 0, window, bytes: new Uint8Array(512).fill(fill) }],
  });
  return { bytes, contributions: readBatch(bytes, { day: DAY, nonce }, served).contributions };
}

it('takes the room of a few reports for a few reports, and adds them all the same', () => {
  const [few, many, late] = [new Counters(), new Counters(), new Counters()];
  for (let window = DAY - 28; window < DAY; window++) few.add([batch(window, 0b101)]);
  expect(few.bytes).toBeLessThan(28 * 8 * 1024);
  for (let i = 0; i < 1000; i++) many.add([batch(DAY - 1, 0b101)]);
  late.add(Array.from({ length: 3 }, () => batch(DAY - 1, 0b110)));
  many.addAll(late);
  many.addAll(few);
  const { fingerprint } = registry.metrics.wide;
  const [, state] = [...many.cells()].map((cell) => cell.state).sort((a, b) => b.n - a.n);
  expect(state?.n).toBe(1);
  const [last] = many.states(fingerprint, DAY - 1, DAY - 1);
  expect(last?.state.n).toBe(1004);
  expect([...(last?.state.counts.slice(0, 4) ?? [])]).toEqual([1001, 3, 1004, 0]);
  expect(many.windows(fingerprint)).toHaveLength(28);
  expect(many.windows(fingerprint).at(-1)).toEqual({ window: DAY - 1, n: 1004 });
});
