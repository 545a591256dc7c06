/**
 * What durable ingest costs, in CPU of the server process (its threads included), beside Fastify ignoring the same
 * bodies in the same run: trust the ratio, not the figure. Unique accepted batches are asserted.
 *
 *     node bench/ingest.mjs [batches]
 */
import { fork } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { client as oue } from '@dither/mechanisms/oue';
import { client as rr } from '@dither/mechanisms/rr';
import { boolean, category, dayOf, defineRegistry, encodeBatch } from '@dither/protocol';
import { sqliteStorage, startServer } from '@dither/server';
import { fastify } from 'fastify';

const CONNECTIONS = 64;
const BATCHES = Number(process.argv[2] ?? 40_000);
const about = { description: 'd', purpose: 'p', owner: 'o', expires: '2099-12-31', period: 1 };
const values = Array.from({ length: 127 }, (_, i) => `v${i}`);

/** Reports of a batch, and one of its metrics: 16 bytes as an OUE of 128 values has, or one byte. */
const shapes = {
  '50 reports of 16 bytes': { count: 50, metric: category({ ...about, values, mechanism: oue }) },
  '8 reports of 1 byte': { count: 8, metric: boolean({ ...about, mechanism: rr }) },
};

function registryOf({ count, metric }) {
  return defineRegistry({
    app: 'bench',
    expectedClients: 1e6,
    budget: { perWindow: 28 * count, lifetime: 1e6 },
    metrics: Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, metric])),
  });
}

const servers = {
  async ignoring() {
    const app = fastify();
    app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    app.post('/v1/reports', async () => ({ ok: true }));
    return { url: await app.listen({ port: 0, host: '127.0.0.1' }), close: () => app.close(), counted: async () => 0 };
  },
  async durable(shape) {
    const folder = mkdtempSync(join(tmpdir(), 'dither-bench-'));
    const storage = await sqliteStorage({ path: join(folder, 'a.db') });
    const registry = registryOf(shapes[shape]);
    const server = await startServer({ registries: [registry], storage, rateLimit: 1e9 });
    return {
      url: server.url,
      counted: async () => (await storage.windows(registry.wire[0].fingerprint))[0].n,
      async close() {
        await server.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
};

/** The server's process: says where it listens, then what it has used. */
async function serve(kind, shape) {
  const server = await servers[kind](shape);
  process.on('message', async (message) => {
    if (message === 'end') {
      await server.close();
      process.exit(0);
    }
    const { user, system } = process.cpuUsage();
    process.send({ cpu: user + system, counted: message === 'count' ? await server.counted() : 0 });
  });
  process.send({ url: server.url });
}

function bodies(shape) {
  const registry = registryOf(shapes[shape]);
  const day = dayOf(Date.now());
  const bytes = registry.wire[0].params.reportBytes;
  const reports = registry.wire.map((_, index) => ({
    index,
    window: day - 1,
    bytes: bytes === 1 ? Uint8Array.of(index & 1) : randomFillSync(new Uint8Array(bytes)),
  }));
  const template = encodeBatch(registry, { day, nonce: new Uint8Array(16), reports });
  return () => randomFillSync(Buffer.from(template), 3, 16);
}

function post(url, agent, body) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/octet-stream', 'content-length': body.length };
    const sent = request(`${url}/v1/reports`, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`${response.statusCode}`)),
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

/** @returns CPU microseconds of the server per batch, wall microseconds per batch, p99 of the answers in ms */
async function measure(kind, shape) {
  const child = fork(fileURLToPath(import.meta.url), ['serve', kind, shape]);
  const said = () => new Promise((resolve) => child.once('message', resolve));
  const ask = (message) => {
    const answer = said();
    child.send(message);
    return answer;
  };
  const { url } = await said();
  const next = bodies(shape);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const waits = [];
  async function load(batches) {
    let left = batches;
    const connection = async () => {
      while (left-- > 0) {
        const start = performance.now();
        await post(url, agent, next());
        waits.push(performance.now() - start);
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  }
  await load(BATCHES / 4);
  waits.length = 0;
  const before = await ask('cpu');
  const start = performance.now();
  await load(BATCHES);
  const wall = performance.now() - start;
  const after = await ask('count');
  if (kind === 'durable' && after.counted !== BATCHES * 1.25) throw new Error(`counted ${after.counted}`);
  agent.destroy();
  child.send('end');
  await new Promise((resolve) => child.once('exit', resolve));
  waits.sort((a, b) => a - b);
  return {
    cpu: (after.cpu - before.cpu) / BATCHES,
    wall: (wall * 1000) / BATCHES,
    p99: waits[Math.floor(waits.length * 0.99)],
  };
}

if (process.argv[2] === 'serve') {
  await serve(process.argv[3], process.argv[4]);
} else {
  for (const [shape, { count }] of Object.entries(shapes)) {
    const ignoring = await measure('ignoring', shape);
    const durable = await measure('durable', shape);
    process.stdout.write(
      `${shape}: ignoring ${ignoring.cpu.toFixed(1)} us, durable ${durable.cpu.toFixed(1)} us CPU a batch, ` +
        `ratio ${(ignoring.cpu / durable.cpu).toFixed(2)}; ${Math.round((count / durable.cpu) * 1e6)} reports per CPU second; ` +
        `p99 ${durable.p99.toFixed(1)} ms against ${ignoring.p99.toFixed(1)}; ${Math.round(1e6 / durable.wall)} batches/s\n`,
    );
  }
}
