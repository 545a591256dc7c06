import { loadRegistry } from '@dither/protocol/node';
import { SimError } from '../errors.js';
import { policy } from '../policy.js';
import { batchMessage, type Message, reportMessage } from '../shuffle/messages.js';
import { shufflePage } from '../shuffle/page.js';
import { type ShuffleOptions, type ShuffleReport, shuffleReport } from '../shuffle/report.js';
import { mechanismArguments, mechanismSubject, metricSubjects } from '../subject.js';
import { commonArguments, defineCommand, type Given, sameAgain } from './command.js';
import { finish, finishEmpty } from './finish.js';
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

const limits = policy.shuffle;

const { seed: _, ...formArguments } = commonArguments;

export const shuffle = defineCommand<Name>({
  meta: {
    name: 'shuffle',
    summary: 'what is left of epsilon when reports are shuffled in batches',
    detail: [
      'The central epsilon of a batch whose messages are stripped of sender and order: an upper bound, computed from the',
      "mechanism's own integers. For a registry: of the whole batch that a device sends, which is one message; and of each",
      'metric alone, if it were one. The conditions are printed with it. Nothing is random.',
    ].join('\n'),
  },
  args: {
    registry: { value: 'FILE', summary: 'declared metrics: canonical JSON, or a module that exports a registry' },
    metric: { value: 'ID', summary: 'of these one alone, beside the batch', needs: 'registry' },
    ...mechanismArguments,
    clients: { value: 'N,...', summary: `messages of a batch; ${limits.clients.join(',')} unless told` },
    delta: { value: 'D', summary: `${limits.delta} unless told` },
    central: {
      value: 'E,...',
      summary: 'central epsilons to say the delta of; some around the one at --delta unless told',
    },
    forged: { value: 'SHARE', summary: 'of the messages, at most, that nobody hides behind; 0 unless told' },
    ...formArguments,
    quick: {
      summary: 'fewer sizes of batches unless told, and of large ones the bound for any mechanism: some seconds',
    },
  },
  async run(given, io) {
    const report = await compute(given, io.stop);
    if (report.messages.length === 0) return finishEmpty(io);
    return finish(report, shufflePage(report), given, io);
  },
});

async function compute(given: Given<Name>, stop: AbortSignal): Promise<ShuffleReport> {
  const { app, messages } = await messagesOf(given);
  const isSize = (n: number) => Number.isInteger(n) && n >= 1 && n <= limits.maxClients;
  const isDelta = (d: number) => d >= limits.leastDelta && d < 1;
  const isShare = (share: number) => share >= 0 && share < 1;
  const isCentral = (e: number) => e >= 0 && e <= limits.maxCentral;
  const options: ShuffleOptions = {
    arguments: sameAgain('shuffle', given),
    app,
    messages,
    clients:
      someNumbers('clients', given.clients, `a whole number from 1 to ${limits.maxClients}`, isSize) ??
      (given.quick ? limits.quickClients : limits.clients),
    delta: someNumber('delta', given.delta, `a number from ${limits.leastDelta} to below 1`, isDelta) ?? limits.delta,
    central: someNumbers('central', given.central, `a number from 0 to ${limits.maxCentral}`, isCentral),
    forged: someNumber('forged', given.forged, 'a share from 0 to below 1', isShare) ?? 0,
    isQuick: given.quick !== undefined,
  };
  return shuffleReport(options, stop);
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
