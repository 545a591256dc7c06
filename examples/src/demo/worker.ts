import { parentPort, workerData } from 'node:worker_threads';
import { catalogue } from '@dither/mechanisms/catalogue';
import { registryFromJson } from '@dither/protocol';
import { deviceRegistry } from '@dither/sdk';
import { browserBehaviour, genericBehaviour } from './behaviour.js';
import { Play, type PlayOptions, type Sample } from './play.js';
import type { Tally } from './tally.js';
import { httpSend, type UploadCounts } from './transport.js';

/** One thread of installations: plays a period when told, and reports what it did. */
export interface WorkerData extends Omit<PlayOptions, 'registry' | 'behaviour' | 'send' | 'onProgress'> {
  /** Canonical JSON. */
  readonly registry: unknown;
  readonly behaviour: 'browser' | 'generic';
}

export type ToWorker = { readonly play: number } | { readonly finish: true };

export type FromWorker =
  | { readonly progress: number }
  | { readonly periodDone: number }
  | {
      readonly rows: ReturnType<Tally['rows']>;
      readonly uploads: UploadCounts;
      readonly batches: { readonly delivered: number; readonly undelivered: number };
      readonly sample: Sample | undefined;
    };

const PROGRESS_STEP = 250;

if (parentPort === null) throw new Error('this file runs as a worker thread');
const port = parentPort;
const data = workerData as WorkerData;
const registry = deviceRegistry(registryFromJson(data.registry, catalogue));
const http = httpSend(data.concurrency);
let unreported = 0;

const play = new Play({
  ...data,
  registry,
  behaviour: data.behaviour === 'browser' ? browserBehaviour : genericBehaviour(registry),
  send: http.send,
  onProgress(done) {
    unreported += done;
    if (unreported < PROGRESS_STEP) return;
    tell({ progress: unreported });
    unreported = 0;
  },
});

function tell(message: FromWorker): void {
  port.postMessage(message);
}

port.on('message', async (message: ToWorker) => {
  if ('play' in message) {
    await play.playPeriod(message.play);
    tell({ progress: unreported });
    unreported = 0;
    tell({ periodDone: message.play });
    return;
  }
  const { tally, uploads, batches, sample } = play.finish();
  tell({ rows: tally.rows(), uploads, batches, sample });
  http.close();
  port.close();
});
