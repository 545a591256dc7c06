import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type ProblemCode, parseHeader, problems, toBase64url } from '@dither/protocol';
import type { Message } from '../../support/receiver.js';

/** One request, as it came. */
interface Arrival {
  readonly at: number;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** One batch that arrived whole. */
interface Delivery extends Arrival, Message {}

/** What the far end does with a batch that came. Returning without an answer leaves the device waiting. */
export type Respond = (delivery: Delivery, response: ServerResponse) => void;

/** The server of the tests: another origin than the page's, and as wilful as networks are. */
export interface FarEnd {
  readonly origin: string;
  /** Everything that came, preflights included. */
  readonly arrivals: readonly Arrival[];
  readonly deliveries: readonly Delivery[];
  respond: Respond;
  /** What it does with a preflight; allows it unless told. */
  preflight: (response: ServerResponse) => void;
  /** The switch-off document; without one the answer is 404. */
  switchOff: string | undefined;
  /** Cuts every connection. */
  hangUp(): void;
  close(): Promise<void>;
}

export const receipt: Respond = ({ batch }, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ batch, duplicate: false }));
};

/** Refuses as the server does. */
export function problem(code: ProblemCode, headers: { readonly [name: string]: string } = {}): Respond {
  const { status, title, retry } = problems[code];
  return (_delivery, response) => {
    response
      .writeHead(status, { 'content-type': 'application/problem+json', ...headers })
      .end(JSON.stringify({ type: 'about:blank', title, status, code, retry }));
  };
}

/** What a hotel's network says to everything until its terms are accepted. */
export const captivePortal: Respond = (_delivery, response) => {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Welcome to our lounge</title>');
};

/** The connection breaks before an answer. */
export const cut: Respond = (_delivery, response) => {
  response.destroy();
};

/** The answer never comes. */
export const silence: Respond = () => undefined;

/** A preflight's answer. */
export function allow(response: ServerResponse): void {
  response
    .writeHead(204, {
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type',
      'access-control-max-age': '86400',
    })
    .end();
}

export async function farEnd(): Promise<FarEnd> {
  const arrivals: Arrival[] = [];
  const deliveries: Delivery[] = [];
  const sockets = new Set<Socket>();

  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const arrival = { at: performance.now(), method, url, headers };
    arrivals.push(arrival);
    if (url.startsWith('/v1/switch-off/')) {
      response.setHeader('access-control-allow-origin', '*');
      const { switchOff } = far;
      if (switchOff === undefined) response.writeHead(404, { 'content-type': 'application/problem+json' }).end('{}');
      else response.writeHead(200, { 'content-type': 'application/json' }).end(switchOff);
      return;
    }
    response.setHeader('access-control-allow-origin', headers.origin ?? '');
    response.setHeader('access-control-expose-headers', 'retry-after');
    response.setHeader('vary', 'origin');
    if (method === 'OPTIONS') return far.preflight(response);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = new Uint8Array(Buffer.concat(chunks));
    const delivery = { ...arrival, bytes, batch: toBase64url(parseHeader(bytes).nonce) };
    deliveries.push(delivery);
    far.respond(delivery, response);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const far: FarEnd = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    deliveries,
    respond: receipt,
    preflight: allow,
    switchOff: undefined,
    hangUp() {
      for (const socket of sockets) socket.destroy();
    },
    close() {
      far.hangUp();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return far;
}
