import { type Metric, parseHeader, parseReports, type Registry, toBase64url } from '@dither/protocol';
import type { Answer } from '@dither/sdk';
import type { FakeTime } from '@dither/sdk/testing';

/** One try to send, as the network saw it. */
export interface Message {
  readonly at: number;
  readonly url: string;
  readonly bytes: Uint8Array;
  /** Nonce, base64url. */
  readonly batch: string;
}

/** What the other side does with a message; throwing cuts the connection. */
export type Respond = (message: Message) => Answer;

export function receipt(message: Message): Answer {
  return {
    status: 200,
    contentType: 'application/json',
    body: JSON.stringify({ batch: message.batch, duplicate: false }),
  };
}

export function problem(status: number, code: string, contentType = 'application/problem+json'): Answer {
  return {
    status,
    contentType,
    body: JSON.stringify({ type: 'about:blank', title: code, status, code, retry: false }),
  };
}

/** The far end: keeps every message, and answers with a receipt unless told otherwise. */
export interface Receiver {
  readonly messages: Message[];
  readonly send: (time: FakeTime) => (url: string, body: Uint8Array) => Promise<Answer>;
}

export function receiver(respond: Respond = receipt): Receiver {
  const messages: Message[] = [];
  return {
    messages,
    send: (time) => async (url, body) => {
      const bytes = body.slice();
      const message = { at: time.clock.wall(), url, bytes, batch: toBase64url(parseHeader(bytes).nonce) };
      messages.push(message);
      return respond(message);
    },
  };
}

export interface Report {
  readonly metric: string;
  readonly window: number;
  readonly bytes: readonly number[];
  readonly microEpsilon: number;
  /** As the version of the app that sent it declares it. */
  readonly declared: Metric;
}

/**
 * The reports of all different batches, in the order they came; a batch sent again counts once.
 * @param registries - the versions of the app that may have sent them
 */
export function reportsIn(messages: readonly Message[], ...registries: readonly Registry[]): readonly Report[] {
  const batches = new Map(messages.map((message) => [message.batch, message.bytes]));
  return [...batches.values()].flatMap((bytes) => {
    const registry = registries.find(({ fingerprint }) => fingerprint === parseHeader(bytes).registry) as Registry;
    return parseReports(bytes, registry).map(({ index, window, bytes: report }) => {
      const declared = registry.wire[index] as Metric;
      return { metric: declared.id, window, bytes: [...report], microEpsilon: declared.microEpsilon, declared };
    });
  });
}

/** `metric@window` for each report. */
export function keysOf(reports: readonly Report[]): readonly string[] {
  return reports.map(({ metric, window }) => `${metric}@${window}`);
}
