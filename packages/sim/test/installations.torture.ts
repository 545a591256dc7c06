import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPopulation, seededSources, sharesOf } from '@dither/sim';
import { expect, it } from 'vitest';
import { small } from './small-registry.js';

const LINES = 3_000_000;

it('a file of three million installations is read in a few bytes for each value', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dither-installations-'));
  try {
    const path = join(folder, 'large.csv');
    const file = await open(path, 'w');
    await file.write('colour,load,memory,opened,used,country\n');
    for (let from = 0; from < LINES; from += 1000) {
      const rows = Array.from({ length: 1000 }, (_, i) => {
        const n = from + i;
        return `${['red', 'green', 'blue', ''][n % 4]},${n % 977}.5,${n % 101},${n % 12},${n % 3 === 0 ? 'yes' : ''},"a country"\n`;
      });
      await file.write(rows.join(''));
    }
    await file.close();

    let most = 0;
    const before = process.memoryUsage().rss;
    const timer = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss - before);
    }, 20);
    const population = await openPopulation(path, small, {
      clients: undefined,
      source: seededSources('x')('events'),
      onBadLine: () => undefined,
    });
    clearInterval(timer);
    expect(population.size).toBe(LINES);
    expect(sharesOf(population, 0)[0]).toBe(0.25);
    // The file has 100 MB; five columns of a byte 15 MB, half as much again while they grow; the rest is the garbage of a reader.
    expect(most).toBeLessThan(150e6);
  } finally {
    await rm(folder, { recursive: true });
  }
});
