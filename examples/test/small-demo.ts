import { type Declared, defineRegistry, type Metric, type Registry } from '@dither/protocol';
import { deviceRegistry } from '@dither/sdk';
import { memoryStorage } from '@dither/server';
import { browserBehaviour } from '../dist/demo/behaviour.js';
import { localCrew } from '../dist/demo/crew.js';
import { concludePlay, type DemoResult, lifeOf, playPeriods } from '../dist/demo/demo.js';
import { serveDemo } from '../dist/demo/demo-server.js';
import { browserRegistry } from '../dist/demo/registry.js';
import { CANDIDATES } from '../dist/demo/texts.js';
import { httpSend } from '../dist/demo/transport.js';

const GROUP = 25;

/** The demo in one thread over a store in memory: the same SDK, HTTP, server and test, small enough to be repeated. */
export async function smallDemo(seed: string, clients: number, registry: Registry = browser()): Promise<DemoResult> {
  const [result] = await smallDemos([{ seed, registry }], clients);
  return result as DemoResult;
}

/** Several at once, each of an app of its own, on one server: what starting one costs is paid once. */
async function smallDemos(
  runs: readonly { readonly seed: string; readonly registry: Registry }[],
  clients: number,
): Promise<readonly DemoResult[]> {
  const server = await serveDemo(
    runs.map(({ registry }) => registry),
    memoryStorage(),
  );
  const http = httpSend(32);
  const began = performance.now();
  try {
    const crews = runs.map((run) => {
      const life = {
        ...lifeOf(run, server),
        registry: deviceRegistry(run.registry),
        behaviour: browserBehaviour,
        send: http.send,
      };
      return {
        options: { ...run, clients, candidates: CANDIDATES },
        crew: localCrew({ ...life, from: 0, to: clients }),
      };
    });
    await playPeriods(browser(), server, {
      async playPeriod(period) {
        for (const { crew } of crews) await crew.playPeriod(period);
      },
    });
    const results: DemoResult[] = [];
    for (const { options, crew } of crews) results.push(await concludePlay(options, server, crew, began));
    return results;
  } finally {
    http.close();
    await server.close();
  }
}

export function browser(app?: string): Registry {
  return browserRegistry(app) as unknown as Registry;
}

/** So many runs of this name, `GROUP` of them at a time: each installation is kept in memory while it is played. */
export async function* manySmallDemos(name: string, seeds: number, clients: number): AsyncGenerator<DemoResult> {
  for (let first = 0; first < seeds; first += GROUP) {
    const runs = Array.from({ length: Math.min(GROUP, seeds - first) }, (_, i) => ({
      seed: `${name}-${first + i}`,
      registry: browser(`org.example.browser-${i}`),
    }));
    yield* await smallDemos(runs, clients);
  }
}

/** A resolved metric as it was declared. */
export function declaredAgain(metric: Metric | undefined): Declared {
  if (metric === undefined) throw new Error('there is no such metric');
  const {
    microEpsilon,
    microEpoch: _charges,
    epoch: _epoch,
    params,
    fingerprint: _fingerprint,
    id: _id,
    expiryDay: _day,
    ...declared
  } = metric;
  return {
    ...declared,
    resolve: () => params,
    ...(metric.latch === undefined ? { epsilon: microEpsilon / 1e6 } : {}),
  };
}

/** The browser-like registry with every client replaced: what an app would ship if its mechanisms were wrong. */
export function browserWith(replace: (client: Declared['client']) => Declared['client']): Registry {
  const { app, participation, expectedClients, metrics } = browser();
  const declared = Object.entries(metrics).map(([id, metric]) => {
    const { client, ...rest } = declaredAgain(metric);
    return [id, { ...rest, client: replace(client) }];
  });
  return defineRegistry({ app, participation, expectedClients, metrics: Object.fromEntries(declared) });
}
