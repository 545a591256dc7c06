import { setImmediate } from 'node:timers/promises';
import { SimError } from '../errors.js';
import { policy } from '../policy.js';
import { variationRatio } from './bounds.js';
import { centralPrivacy, leastEpsilon } from './central.js';
import { clonesEpsilon, strongerEpsilon } from './closed-forms.js';
import type { Message } from './messages.js';

export interface ShuffleOptions {
  /** Arguments that make the same report again. */
  readonly arguments: readonly string[];
  /** App of the registry, or null for a mechanism by itself. */
  readonly app: string | null;
  readonly messages: readonly Message[];
  /** Messages of a batch, in increasing order. */
  readonly clients: readonly number[];
  readonly delta: number;
  /** Central epsilons to say the delta of; unless told some around the one at `delta`. */
  readonly central: readonly number[] | undefined;
  /** Share of a batch's messages that somebody forged. */
  readonly forged: number;
  /** Whether the work is bounded: where it would be more, the bound for any mechanism is used alone. */
  readonly isQuick: boolean;
}

/** What shuffling makes of one kind of message. Epsilons and deltas are upper bounds. */
export interface ShuffledMessage {
  readonly label: string;
  readonly kind: Message['kind'];
  readonly mechanism: string | null;
  /** Local: what one message tells by itself. */
  readonly epsilon: number;
  readonly totalVariation: number;
  /** Of a latched metric, or those of a batch: what all rounds of an epoch tell of them, shuffled or not. */
  readonly epochEpsilon: number | null;
  readonly batches: readonly {
    /** Messages shuffled. */
    readonly clients: number;
    /** Of them not forged, at least. */
    readonly honest: number;
    /** Central epsilon at the report's delta. */
    readonly epsilon: number;
    /** Published figures, to compare with: closed forms, null outside of their range, and a numeric one, which is no bound. */
    readonly variationRatio2024: number;
    readonly clones2021: number | null;
    readonly stronger2023: number | null;
  }[];
  /** Of the largest batch, the delta of some central epsilons. */
  readonly deltas: readonly { readonly epsilon: number; readonly delta: number }[];
}

/** What `--json` prints. */
export interface ShuffleReport {
  readonly command: 'shuffle';
  readonly arguments: readonly string[];
  readonly app: string | null;
  readonly delta: number;
  readonly forged: number;
  /** Whether it was stopped: the messages that are missing were not looked at. */
  readonly isPartial: boolean;
  /** Whether the bounds are those for any mechanism, which are larger, as there was no time for each one's own. */
  readonly isGeneric: boolean;
  /** Metrics for which there was no time at all. */
  readonly leftOut: readonly string[];
  readonly messages: readonly ShuffledMessage[];
  /** All that must be so for the bounds to hold. */
  readonly conditions: readonly string[];
}

/** Unless asked otherwise, the delta is told of so many times the central epsilon at the given delta. */
const AROUND = [0.5, 0.75, 1.25, 1.5];

/** @throws SimError `work-too-much` */
export async function shuffleReport(options: ShuffleOptions, stop: AbortSignal): Promise<ShuffleReport> {
  const { app, delta, forged } = options;
  const { isGeneric, leftOut, messages } = options.isQuick
    ? quickMessages(options.messages, options.clients)
    : { isGeneric: false, leftOut: [], messages: options.messages };
  const done: ShuffledMessage[] = [];
  for (const message of messages) {
    const result = await shuffled(message, options, stop);
    if (result === undefined) break;
    done.push(result);
  }
  return {
    command: 'shuffle',
    arguments: options.arguments,
    app,
    delta,
    forged,
    isPartial: done.length < messages.length,
    isGeneric,
    leftOut,
    messages: done,
    conditions: conditionsOf(options),
  };
}

/** A blanket is looked at in some twenty stretches, but found from where the bound for any is. */
const OWN_TIMES = 8;

/** Figures of one message and size are sums over some deviations of the messages. */
function workOf(messages: readonly Message[], clients: readonly number[]): number {
  const deviations = clients.reduce((sum, n) => sum + Math.sqrt(n), 0);
  return messages.reduce((sum, { support }) => sum + deviations * (support === undefined ? 1 : OWN_TIMES), 0);
}

/**
 * What is looked at in a hurry: all, or by the bound for any mechanism as many as that is possible for.
 *
 * @throws SimError `work-too-much`
 */
export function quickMessages(
  messages: readonly Message[],
  clients: readonly number[],
): Pick<ShuffleReport, 'isGeneric' | 'leftOut'> & { readonly messages: readonly Message[] } {
  const { quickWork } = policy.shuffle;
  if (workOf(messages, clients) <= quickWork) return { isGeneric: false, leftOut: [], messages };
  const bounded = messages.map(generic);
  const fitting = bounded.filter((_, i) => workOf(bounded.slice(0, i + 1), clients) <= quickWork);
  if (fitting.length === 0) {
    throw new SimError(
      'work-too-much',
      'this takes more than a few seconds: leave --quick out, or give fewer --clients',
    );
  }
  return { isGeneric: true, leftOut: bounded.slice(fitting.length).map(({ label }) => label), messages: fitting };
}

function generic({ support: _, ...message }: Message): Message {
  return message;
}

/** Undefined where it was stopped meanwhile. */
async function shuffled(
  message: Message,
  { clients, delta, central, forged }: ShuffleOptions,
  stop: AbortSignal,
): Promise<ShuffledMessage | undefined> {
  const { label, kind, mechanism = null, epsilon, totalVariation, epochEpsilon = null } = message;
  // Whoever asks has sent a message, forged or not.
  const honestOf = (n: number) => Math.max(1, Math.floor(n * (1 - forged)));
  const bounds = clients.map((n) => centralPrivacy(message, honestOf(n)));
  const batches: ShuffledMessage['batches'][number][] = [];
  for (const [i, n] of clients.entries()) {
    await setImmediate();
    if (stop.aborted) return undefined;
    batches.push({
      clients: n,
      honest: honestOf(n),
      epsilon: bounds[i]?.epsilon(delta) ?? epsilon,
      variationRatio2024: centralFigure(message, honestOf(n), delta),
      clones2021: clonesEpsilon(epsilon, honestOf(n), delta),
      stronger2023: strongerEpsilon(epsilon, honestOf(n), delta),
    });
  }
  const around = AROUND.map((times) => Math.min(epsilon, times * (batches.at(-1)?.epsilon ?? epsilon)));
  const deltas: ShuffledMessage['deltas'][number][] = [];
  for (const at of central ?? new Set(around)) {
    await setImmediate();
    if (stop.aborted) return undefined;
    deltas.push({ epsilon: at, delta: bounds.at(-1)?.delta(at) ?? 1 });
  }
  return { label, kind, mechanism, epsilon, totalVariation, epochEpsilon, batches, deltas };
}

function centralFigure(message: Message, n: number, delta: number): number {
  // Beyond it e^epsilon is no double.
  return message.epsilon > 700 ? message.epsilon : leastEpsilon(variationRatio(message, n), delta, message.epsilon);
}

function conditionsOf({ messages, forged }: ShuffleOptions): readonly string[] {
  const isLatched = messages.some(({ epochEpsilon }) => epochEpsilon !== undefined);
  return [
    'One message per person and round. Reports of several metrics under one batch id are ONE message, which tells the sum of their charges; so Dither sends them today, and the bound of a metric alone does not apply to it. A batch that carries reports of several windows tells the sum of them all.',
    'Every message is made by the same randomizer: a cohort or seed is drawn inside it, or follows from a token that nobody can link to a person. Where it is known of a person, only those who share it hide her.',
    `Messages are counted that are honest: of a batch at most ${percentOf(forged)} are forged (--forged).`,
    'Whoever shuffles drops addresses, times, ids and order, releases a batch only when it has so many messages, and does not work together with whoever collects.',
    ...(isLatched
      ? [
          'A latched metric repeats what it stored, so that its rounds are not fresh: the figure is of one round, and over an epoch nothing less than the local epsilon of the epoch is promised.',
        ]
      : []),
    'The figures are of one round; over several rounds epsilons and deltas add up.',
  ];
}

function percentOf(share: number): string {
  return `${Number((100 * share).toPrecision(3))}%`;
}
