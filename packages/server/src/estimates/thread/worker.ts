import { type MessagePort, parentPort } from 'node:worker_threads';
import { estimateJob } from './estimate-job.js';
import type { Job, Reply } from './messages.js';

/** The thread that estimates: one job at a time, an answer to each. */
const port = parentPort as MessagePort;

function answer(job: Job): Reply {
  try {
    return { result: estimateJob(job) };
  } catch (error) {
    return { failure: (error as Error).message };
  }
}

port.on('message', (job: Job) => port.postMessage(answer(job)));
