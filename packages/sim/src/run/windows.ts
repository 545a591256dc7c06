import { type ExperimentOptions, runExperiment } from '../experiment.js';
import type { Io } from '../io.js';
import { populationAt } from '../population.js';
import { progress } from '../progress.js';
import { seededSources } from '../seeded.js';
import { type Summary, summing } from '../summary.js';

/** What was done of a run. */
export interface Done {
  /** Of all windows; undefined where it was stopped before anything was done. */
  readonly summary: Summary | undefined;
  /** Of each window that was begun. */
  readonly windows: readonly Summary[];
  /** Installations of each repetition: fewer than asked for where the first one was stopped. */
  readonly clients: number;
  readonly isPartial: boolean;
}

/** Runs one window after the other, each with installations and coins of its own, until all are done or somebody stops it. */
export async function runWindows(
  options: ExperimentOptions,
  windows: number,
  io: Pick<Io, 'note' | 'isTerminal' | 'now' | 'stop'>,
): Promise<Done> {
  const { clients, repetitions, population, seed } = options;
  const source = (window: string) => seededSources(seed)(`tested cells${window}`);
  const all = summing(source(''));
  const summaries: Summary[] = [];
  const bar = progress(clients * repetitions * windows, 'installations', io);
  let done = 0;
  let least = clients;
  for (let window = 0; window < windows && !io.stop.aborted; window++) {
    const own = summing(source(`/${window}`));
    const ofWindow = {
      ...options,
      population: populationAt(population, window, windows),
      seed: window === 0 ? seed : `${seed}/window ${window + 1}`,
    };
    const before = done;
    const onProgress = (installations: number): void => bar.update(window * clients * repetitions + installations);
    for await (const trial of runExperiment(ofWindow, { onProgress, stop: io.stop })) {
      // A part of a repetition is better than nothing, and worse than none beside whole ones.
      if (trial.clients < clients && done > 0) break;
      least = Math.min(least, trial.clients);
      all.add(trial);
      own.add(trial);
      done++;
    }
    if (done > before) summaries.push(own.result());
  }
  bar.end();
  const isPartial = done < repetitions * windows || least < clients;
  return { summary: done === 0 ? undefined : all.result(), windows: summaries, clients: least, isPartial };
}
