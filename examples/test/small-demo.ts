import type { Client } from '@dither/mechanisms';
import { type Declared, defineRegistry, type Metric, type Registry } from '@dither/protocol';
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

/** A resolved metric as it was declared. */
export function declaredAgain(metric: Metric | undefined): Declared {
  if (metric?.client === undefined) throw new Error('the metric has no mechanism');
  const { microEpsilon, params: _params, fingerprint: _fingerprint, id: _id, expiryDay: _day, ...declared } = metric;
  return { ...declared, epsilon: microEpsilon / 1e6 };
}

/** The browser-like registry with every client replaced: what an app would ship if its mechanisms were wrong. */
export function browserWith(replace: (client: Client) => Client): Registry {
  const { app, participation, expectedClients, metrics } = browser();
  const declared = Object.entries(metrics).map(([id, metric]) => {
    const { client, ...rest } = declaredAgain(metric);
    return [id, { ...rest, client: replace(client as Client) }];
  });
  return defineRegistry({ app, participation, expectedClients, metrics: Object.fromEntries(declared) });
}
