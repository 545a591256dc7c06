import { describe, expect, it } from 'vitest';
import { install, MORNING, SECOND } from '../support/installation.js';
import { everyAggregate } from '../support/registry.js';

/**
 * Upper quantile of chi-square with 9 degrees of freedom at 1e-6: the false-alarm rate of the first test. Seeded, it
 * either always passes or never does.
 */
const QUANTILE = 44.81;
const INSTALLATIONS = 2000;
const EVENTS = 10;

function pearson(counts: readonly number[]): number {
  const expected = INSTALLATIONS / EVENTS;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** How often each of ten events was the one kept, over runs that record 1, 2, 3 and 4 of them. */
async function keptEvents(runSizes: readonly number[]): Promise<readonly number[]> {
  const counts = new Array<number>(EVENTS).fill(0);
  for (let n = 0; n < INSTALLATIONS; n++) {
    const installation = install(everyAggregate, { seed: `reservoir-${n}` });
    let event = 0;
    for (const [run, size] of runSizes.entries()) {
      const { client } = await installation.start(MORNING + run * SECOND);
      if (run === 0) await client.consent.grant();
      // Ten buckets of ten: event i lies in bucket i.
      for (let i = 0; i < size; i++) client.record('memory', 10 * event++ + 5);
      if (run % 2 === 0) await client.stop();
      else client.flushNow();
    }
    const { client } = await installation.start(MORNING + 60 * SECOND);
    await client.stop();
    const open = JSON.parse(installation.texts.get('open') as string) as {
      records: { memory: readonly [{ value: number; events: number }] };
    };
    const [{ value, events }] = open.records.memory;
    expect(events).toBe(EVENTS);
    counts[value] = (counts[value] as number) + 1;
  }
  return counts;
}

describe('a random event of the period', () => {
  it('is each event with the same chance, however they fall on runs', async () => {
    expect(pearson(await keptEvents([1, 2, 3, 4]))).toBeLessThan(QUANTILE);
  });

  it('would be found out if each run counted the same', () => {
    // What a reservoir that forgot how many events it was chosen among would give: run 4 has half of all.
    const forgetful = [1, 2, 3, 4].flatMap((size, run) =>
      Array.from({ length: size }, () => (INSTALLATIONS * 0.5 ** Math.min(3, 4 - run)) / size),
    );
    expect(forgetful.reduce((sum, count) => sum + count, 0)).toBe(INSTALLATIONS);
    expect(pearson(forgetful)).toBeGreaterThan(3 * QUANTILE);
  });
});
