import type { Client } from '@dither/mechanisms';
import { type Declared, defineRegistry, type Registry } from '@dither/protocol';
import { memoryStorage } from '@dither/server';
import { browserBehaviour } from '../dist/demo/behaviour.js';
import { localCrew } from '../dist/demo/crew.js';
import { type DemoResult, lifeOf, playDemo, serveDemo } from '../dist/demo/demo.js';
import { browserRegistry } from '../dist/demo/registry.js';
import { httpSend } from '../dist/demo/transport.js';

/** The demo in one thread over a store in memory: the same SDK, HTTP, server and test, small enough to be repeated. */
export async function smallDemo(seed: string, clients: number, registry: Registry = browser()): Promise<DemoResult> {
  const server = await serveDemo(registry, memoryStorage());
  const http = httpSend(32);
  try {
    const options = { registry, clients, seed };
    const life = { ...lifeOf(options, server), registry, behaviour: browserBehaviour, send: http.send };
    return await playDemo(options, server, localCrew({ ...life, from: 0, to: clients }));
  } finally {
    http.close();
    await server.close();
  }
}

export function browser(): Registry {
  return browserRegistry() as unknown as Registry;
}

type AnyClient = Client<never, never>;

/** The browser-like registry with every client replaced: what an app would ship if its mechanisms were wrong. */
export function browserWith(replace: (client: AnyClient) => AnyClient): Registry {
  const { app, participation, expectedClients, metrics } = browser();
  const declared = Object.entries(metrics).map(([id, { microEpsilon, params: _p, client, reason: _r, ...metric }]) => [
    id,
    { ...metric, epsilon: microEpsilon / 1e6, client: replace(client as AnyClient) } as unknown as Declared,
  ]);
  return defineRegistry({ app, participation, expectedClients, metrics: Object.fromEntries(declared) });
}
