/** 64 keep-alive connections in a process of their own, each with one batch on its way at a time. */
import { type KeepAlive, keepAlive } from '../../test/support/keep-alive.js';
import { bodies } from '../lib/batches.js';
import { say } from '../lib/child.js';

export const CONNECTIONS = 64;

/** So many batches, of one form, to a server on loopback. */
export interface Burst {
  readonly port: number;
  readonly form: 'binary' | 'json';
  readonly batches: number;
}

export interface Answers {
  /** Milliseconds from a request to its answer. */
  readonly p50: number;
  readonly p99: number;
  /** Batches a second. */
  readonly rate: number;
}

const made = bodies();
/** A server keeps its connections from one burst to the next. */
const connections = new Map<number, readonly KeepAlive[]>();

async function send({ port, form, batches }: Burst): Promise<Answers> {
  const { type, next } = made[form];
  const open = connections.get(port) ?? Array.from({ length: CONNECTIONS }, keepAlive);
  connections.set(port, open);
  const waits: number[] = [];
  let left = batches;
  const begun = performance.now();
  await Promise.all(
    open.map(async (connection) => {
      while (left-- > 0) {
        const start = performance.now();
        const { status, body } = await connection.post(port, next(), `content-type: ${type}\r\n`);
        if (status !== 200 || body.includes('"duplicate":true')) throw new Error(`answered ${status} ${body}`);
        waits.push(performance.now() - start);
      }
    }),
  );
  const rate = (1000 * batches) / (performance.now() - begun);
  waits.sort((a, b) => a - b);
  const at = (share: number) => waits[Math.floor(share * waits.length)] ?? 0;
  return { p50: at(0.5), p99: at(0.99), rate };
}

process.on('message', async (burst: Burst) => say(await send(burst)));
say('ready');
