import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS, formatDay, type Metric, type Registry } from '@dither/protocol';
import { type EstimateAnswer, type Server, type Storage, sqliteStorage, startServer } from '@dither/server';
import type { Range } from './tally.js';

/** Asks for a metric's estimates over some of its periods, or over all. Texts are looked for among their candidates. */
export type Ask = (metric: Metric, range?: Range) => Promise<EstimateAnswer>;

/** A server on a free loopback port with a fresh store, whose clock the demo sets. */
export interface DemoServer {
  readonly url: string;
  setDay(day: number): void;
  /** Uploads what to look for among the texts of a metric. */
  putCandidates(metric: string, texts: readonly string[]): Promise<void>;
  readonly ask: Ask;
  close(): Promise<void>;
}

export async function startDemoServer(registry: Registry): Promise<DemoServer> {
  const folder = await mkdtemp(join(tmpdir(), 'dither-demo-'));
  const server = await serveDemo([registry], await sqliteStorage({ path: join(folder, 'dither.db') }));
  return {
    ...server,
    async close() {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** The same over a given store, and for any number of apps. */
export async function serveDemo(registries: readonly Registry[], storage: Storage): Promise<DemoServer> {
  let now = 0;
  const server: Server = await startServer({
    registries,
    storage,
    clock: { now: () => now },
    // All installations come from this machine's address here.
    rateLimit: false,
  });
  const known = new Set<string>();

  async function get(path: string): Promise<unknown> {
    const response = await fetch(`${server.url}${path}`);
    if (!response.ok) throw new Error(`the server answers ${response.status} to ${path}`);
    return response.json();
  }

  return {
    url: server.url,
    setDay(day) {
      now = day * DAY_MS + DAY_MS / 2;
    },
    async putCandidates(metric, texts) {
      const response = await fetch(`${server.url}/v1/candidates/${metric}`, {
        method: 'PUT',
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body: texts.map((text) => `${text}\n`).join(''),
      });
      if (!response.ok) throw new Error(`the server answers ${response.status} to the candidates of ${metric}`);
      known.add(metric);
    },
    async ask({ id, fingerprint }, range) {
      const query = new URLSearchParams({
        fingerprint,
        ...(range === undefined ? {} : { from: formatDay(range.from), to: formatDay(range.to) }),
        ...(known.has(id) ? { candidates: id } : {}),
      });
      return (await get(`/v1/metrics/${id}/estimate?${query}`)) as EstimateAnswer;
    },
    close: () => server.close(),
  };
}
