import { connect } from 'node:net';
import { expect } from 'vitest';
import { batchBytes, DAY, testApp } from '../fixture.js';
import { readAnswer } from '../support/keep-alive.js';
import { type Random, randomFrom } from '../support/random.js';
import { type Answered, wrongWith } from './answers.js';
import { countersOf } from './model.js';
import { mutateBytes } from './mutate-bytes.js';

const AT_ONCE = 32;
/** Longest to wait for a server that says nothing and does not hang up. */
const PATIENCE_MILLISECONDS = 60_000;

/** Requests that are no HTTP, or nearly. */
const WRONG: readonly ((body: Buffer, random: Random) => string | Buffer)[] = [
  () => '',
  () => '\r\n\r\n',
  () => 'GET\r\n\r\n',
  () => 'GET / HTTP/9.9\r\n\r\n',
  () => 'GET /v1/metrics HTTP/1.1\r\n\r\n',
  () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  () => 'BREW /v1/reports HTTP/1.1\r\nhost: a\r\n\r\n',
  () => 'GET http://[::1/ HTTP/1.1\r\nhost: a\r\n\r\n',
  () => 'CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n',
  () => `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: a\r\n\r\n`,
  () => `GET / HTTP/1.1\r\nhost: a\r\nx: ${'b'.repeat(20_000)}\r\n\r\n`,
  () => `GET / HTTP/1.1\r\nhost: a\r\n${'x: y\r\n'.repeat(3000)}\r\n`,
  () => 'GET / HTTP/1.1\r\nhost: a\r\nx\u0000y: z\r\n\r\n',
  () => 'GET / HTTP/1.1\r\nhost: a\r\n folded: x\r\n\r\n',
  () => Buffer.from('GET /\xff\xfe HTTP/1.1\r\nhost: a\r\n\r\n', 'latin1'),
  () => 'GET /healthz HTTP/1.1\nhost: a\n\n',
  () => 'POST /v1/reports HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
  (body) => request(body, 'expect: 100-continue\r\n'),
  (body) => request(body, 'expect: x\r\n'),
  (body) => request(body, 'transfer-encoding: chunked\r\n'),
  (body) => request(body, 'content-length: 1\r\n'),
  (body) => request(body, '', '-1'),
  (body) => request(body, '', '0x10'),
  (body) => request(body, '', '99999999999999999999'),
  (body, random) => request(body, '', String(body.length + 1 + random.int(10))),
  (body, random) => request(body, '', String(random.int(body.length))),
  () => chunked('ffffffffffffffffff\r\nx\r\n'),
  () => chunked('2\r\nabc\r\n0\r\n\r\n'),
  () => chunked('-1\r\n\r\n'),
  () => chunked(`1;${'x'.repeat(20_000)}\r\na\r\n0\r\n\r\n`),
  () => chunked('0\r\nx: y\r\n\r\n'),
];

function request(body: Buffer, headers = '', length = String(body.length)): Buffer {
  const type = 'content-type: application/octet-stream\r\n';
  const head = `POST /v1/reports HTTP/1.1\r\nhost: a\r\n${type}${headers}content-length: ${length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

function chunked(body: string): string {
  return `POST /v1/reports HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${body}`;
}

/** A request that is wrong, one with bytes changed anywhere, or two on one connection of which one is. */
function anyRequest(random: Random): Buffer {
  const body = Buffer.from(
    batchBytes({ nonce: random.bytes(16), reports: [{ id: 'dark-mode', bytes: [1], window: DAY - 1 }] }),
  );
  const wrong = () => Buffer.from(random.pick(WRONG)(body, random));
  if (random.once(3)) return wrong();
  if (random.once(2)) return mutateBytes(request(body), random);
  return random.once(2) ? Buffer.concat([request(body), wrong()]) : Buffer.concat([wrong(), request(body)]);
}

/** All answers of one connection, after which both sides have hung up. */
function exchange(port: number, bytes: Buffer, random: Random): Promise<readonly Answered[]> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    let received = '';
    const late = setTimeout(() => socket.destroy(new Error('neither an answer nor a close')), PATIENCE_MILLISECONDS);
    socket.setEncoding('latin1').on('data', (text: string) => {
      received += text;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => (error.code === undefined ? reject(error) : undefined));
    socket.on('close', () => {
      clearTimeout(late);
      resolve(answersIn(received));
    });
    const middle = random.int(bytes.length + 1);
    socket.write(bytes.subarray(0, middle));
    setImmediate(() => socket.end(bytes.subarray(middle)));
  });
}

function answersIn(received: string): readonly Answered[] {
  const answers: Answered[] = [];
  for (let rest = received; rest !== ''; ) {
    const read = readAnswer(rest);
    if (read === undefined) break;
    rest = rest.slice(read.length);
    if (read.answer.status >= 200) answers.push(read.answer);
  }
  return answers;
}

/**
 * Sends what may be no HTTP to a socket. Each connection is answered with a problem or closed, the server goes on, and
 * has counted what it acknowledged.
 * @returns how many answers there were, by status
 */
export async function fuzzSockets(seed: string, connections: number): Promise<ReadonlyMap<number, number>> {
  const random = randomFrom(seed);
  const errors: string[] = [];
  const { app, storage } = await testApp({ log: { level: 'error', stream: { write: (line) => errors.push(line) } } });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const port = (app.server.address() as { readonly port: number }).port;
  const statuses = new Map<number, number>();
  let [left, accepted] = [connections, 0];

  async function one(): Promise<void> {
    while (left-- > 0) {
      const bytes = anyRequest(random);
      for (const answer of await exchange(port, bytes, random)) {
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        const wrong = wrongWith(answer) ?? errors[0];
        if (wrong !== undefined) {
          throw new Error(`${wrong}\n${answer.status} ${answer.body}\n${bytes.toString('latin1').slice(0, 500)}`);
        }
        if (answer.status === 200 && answer.body.startsWith('{"batch"'))
          accepted += JSON.parse(answer.body).accepted ?? 0;
      }
    }
  }

  await Promise.all(Array.from({ length: AT_ONCE }, one));
  // A connection that is closed over what came after a batch may take the batch's receipt with it.
  const counters = Object.values(await countersOf(storage));
  expect(counters.reduce((sum, { n }) => sum + n, 0)).toBeGreaterThanOrEqual(accepted);
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  return statuses;
}
