import { setImmediate } from 'node:timers/promises';
import type { Engine } from '../engine.js';
import { drawFrom } from '../population/draw.js';
import { seededSources } from '../seeded.js';
import { emptyTallies, mergeTallies, type Setup, tallyBlock } from '../tally.js';
import { blocksOf } from './blocks.js';

/** Installation by installation, one block after the other. */
export const inProcess: Engine = async function* (job, { onProgress = () => undefined, stop }) {
  const { registry, metrics, population, clients, repetitions } = job;
  const setup: Setup = { registry, metrics, draw: drawFrom(population), sources: seededSources(job.seed) };
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const tallies = emptyTallies(metrics);
    let done = 0;
    for (const block of blocksOf(repetition, clients)) {
      await setImmediate();
      if (stop?.aborted) break;
      mergeTallies(metrics, tallies, tallyBlock(setup, block));
      done = block.to;
      onProgress(repetition * clients + done);
    }
    if (done === clients || (repetition === 0 && done > 0)) yield { repetition, clients: done, tallies };
    if (done < clients) return;
  }
};
