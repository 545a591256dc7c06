import { Worker } from 'node:worker_threads';
import { Play, type PlayOptions, type Sample } from './play.js';
import { Tally } from './tally.js';
import { noUploads, type UploadCounts } from './transport.js';
import type { FromWorker, ToWorker, WorkerData } from './worker.js';

/** What all threads together have played. */
export interface CrewResult {
  readonly tally: Tally;
  readonly uploads: UploadCounts;
  readonly delivered: number;
  readonly undelivered: number;
  readonly sample: Sample | undefined;
}

/** Threads that play the installations between them, in step: a period begins when the one before is over everywhere. */
export interface Crew {
  playPeriod(period: number): Promise<void>;
  finish(): Promise<CrewResult>;
}

export function startCrew(
  common: Omit<WorkerData, 'from' | 'to'>,
  clients: number,
  threads: number,
  onProgress: (done: number) => void,
): Crew {
  const workers = Array.from({ length: threads }, (_, i) => {
    const workerData: WorkerData = {
      ...common,
      from: Math.floor((clients * i) / threads),
      to: Math.floor((clients * (i + 1)) / threads),
    };
    return new Worker(new URL('./worker.js', import.meta.url), { workerData });
  });

  /** Sends a message to each worker and waits for the answer that `isAnswer` recognizes. */
  function ask<A extends FromWorker>(message: ToWorker, isAnswer: (m: FromWorker) => m is A): Promise<A[]> {
    return Promise.all(
      workers.map(
        (worker) =>
          new Promise<A>((resolve, reject) => {
            const listen = (answer: FromWorker): void => {
              if ('progress' in answer) onProgress(answer.progress);
              if (!isAnswer(answer)) return;
              worker.off('message', listen);
              worker.off('error', reject);
              resolve(answer);
            };
            worker.on('message', listen);
            worker.on('error', reject);
            worker.postMessage(message);
          }),
      ),
    );
  }

  return {
    async playPeriod(period) {
      await ask({ play: period }, (m): m is Extract<FromWorker, { periodDone: number }> => 'periodDone' in m);
    },
    async finish() {
      const parts = await ask(
        { finish: true },
        (m): m is Extract<FromWorker, { uploads: UploadCounts }> => 'uploads' in m,
      );
      const tally = new Tally();
      const uploads = noUploads();
      for (const part of parts) {
        tally.addRows(part.rows);
        for (const key of Object.keys(uploads) as (keyof UploadCounts)[]) uploads[key] += part.uploads[key];
      }
      return {
        tally,
        uploads,
        delivered: parts.reduce((sum, part) => sum + part.batches.delivered, 0),
        undelivered: parts.reduce((sum, part) => sum + part.batches.undelivered, 0),
        sample: parts.find(({ sample }) => sample !== undefined)?.sample,
      };
    },
  };
}

/** The same in this thread, for runs too small to be worth one. */
export function localCrew(options: PlayOptions): Crew {
  const play = new Play(options);
  return {
    playPeriod: (period) => play.playPeriod(period),
    async finish() {
      const { batches, ...played } = play.finish();
      return { ...played, ...batches };
    },
  };
}
