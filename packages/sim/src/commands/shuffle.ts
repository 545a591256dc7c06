import { loadRegistry } from '@dither/protocol/node';
import { SimError } from '../errors.js';
import { batchMessage, type Message, reportMessage } from '../shuffle/messages.js';
import { shufflePage } from '../shuffle/page.js';
import { type ShuffleReport, shuffleReport } from '../shuffle/report.js';
import { mechanismArguments, mechanismSubject, metricSubjects } from '../subject.js';
import { commonArguments, defineCommand, type Given, sameAgain } from './command.js';
import { checkOut, finish } from './finish.js';
import { someNumber, someNumbers } from './numbers.js';

type Name =
  | 'registry'
  | 'metric'
  | keyof typeof mechanismArguments
  | 'clients'
  | 'delta'
  | 'central'
  | 'forged'
  | Exclude<keyof typeof commonArguments, 'seed'>;

/** A standard deviation of the messages takes the time: a second at the end. */
const MAX_CLIENTS = 1e9;
const DEFAULT_CLIENTS = [1e3, 3e3, 1e4, 3e4, 1e5, 3e5, 1e6];
const QUICK_CLIENTS = [1e3, 1e4, 1e5];
const DEFAULT_DELTA = 1e-8;
/** Below it what is left out of the sums would count. */
const LEAST_DELTA = 1e-20;
const MAX_CENTRAL = 1000;

const { seed: _, ...formArguments } = commonArguments;

export const shuffle = defineCommand<Name>({
  meta: {
    name: 'shuffle',
    summary: 'what is left of epsilon when reports are shuffled in batches',
    detail: [
      'The central epsilon of a batch whose messages are stripped of sender and order: an upper bound, computed from the',
      "mechanism's own integers by variation-ratio reduction. For a registry: of the whole batch that a device sends, which",
      'is one message; and of each metric alone, if it were one. The conditions are printed with it. Nothing is random.',
    ].join('\n'),
  },
  args: {
    registry: { value: 'FILE', summary: 'declared metrics: canonical JSON, or a module that exports a registry' },
    metric: { value: 'ID', summary: 'of these one alone, beside the batch' },
    ...mechanismArguments,
    clients: { value: 'N,...', summary: `messages of a batch; ${DEFAULT_CLIENTS.join(',')} unless told` },
    delta: { value: 'D', summary: `${DEFAULT_DELTA} unless told` },
    central: { value: 'E,...', summary: 'central epsilons to say the delta of; parts of the local one unless told' },
    forged: { value: 'SHARE', summary: 'of the messages, at most, that nobody hides behind; 0 unless told' },
    ...formArguments,
    quick: { summary: 'fewer sizes of batches' },
  },
  async run(given, io) {
    await checkOut(given);
    const report = await compute(given);
    return finish(report, shufflePage(report), given, io);
  },
});

async function compute(given: Given<Name>): Promise<ShuffleReport> {
  const { app, messages } = await messagesOf(given);
  const isSize = (n: number) => Number.isInteger(n) && n >= 1 && n <= MAX_CLIENTS;
  const isDelta = (d: number) => d >= LEAST_DELTA && d < 1;
  const isShare = (share: number) => share >= 0 && share < 1;
  const isCentral = (e: number) => e >= 0 && e <= MAX_CENTRAL;
  return shuffleReport({
    arguments: sameAgain('shuffle', given),
    app,
    messages,
    clients:
      someNumbers('clients', given.clients, `a whole number from 1 to ${MAX_CLIENTS}`, isSize) ??
      (given.quick ? QUICK_CLIENTS : DEFAULT_CLIENTS),
    delta: someNumber('delta', given.delta, `a number from ${LEAST_DELTA} to below 1`, isDelta) ?? DEFAULT_DELTA,
    central: someNumbers('central', given.central, `a number from 0 to ${MAX_CENTRAL}`, isCentral),
    forged: someNumber('forged', given.forged, 'a share from 0 to below 1', isShare) ?? 0,
  });
}

async function messagesOf(
  given: Given<Name>,
): Promise<{ readonly app: string | null; readonly messages: readonly Message[] }> {
  if ((given.registry === undefined) === (given.mechanism === undefined)) {
    throw new SimError('argument-missing', 'either --registry or --mechanism is needed');
  }
  if (given.registry === undefined) return { app: null, messages: [reportMessage(mechanismSubject(given))] };
  const registry = await loadRegistry(String(given.registry));
  const id = given.metric === undefined ? undefined : String(given.metric);
  const metrics = metricSubjects(registry, id);
  return { app: registry.app, messages: [batchMessage(registry), ...metrics.map(reportMessage)] };
}
