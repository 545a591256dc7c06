import { parentPort, workerData } from 'node:worker_threads';
import { catalogue } from '@dither/mechanisms/catalogue';
import { registryFromJson } from '@dither/protocol';
import { simulatedMetrics } from '../metrics.js';
import { drawFrom } from '../population/draw.js';
import { seededSources } from '../seeded.js';
import { type Block, type Setup, type Tally, tallyBlock } from '../tally.js';
import type { Done, ThreadData } from './thread-data.js';

/** A thread: it is given what a block needs to know, and then one block after the other. */

const { registry: text, population, seed } = workerData as ThreadData;
const registry = registryFromJson(JSON.parse(text), catalogue);
const setup: Setup = {
  registry,
  metrics: simulatedMetrics({ registry, mechanisms: catalogue, population }),
  draw: drawFrom(population),
  sources: seededSources(seed),
};

parentPort?.on('message', (block: Block) => {
  const tallies = tallyBlock(setup, block);
  parentPort?.postMessage({ block, tallies } satisfies Done, buffersOf(tallies));
});

/** They are given away, not copied. */
function buffersOf(tallies: readonly Tally[]): ArrayBuffer[] {
  return tallies.flatMap(({ holders, state }) => [holders.buffer, state.counts.buffer] as ArrayBuffer[]);
}
