/** What a user's compiler must say: copied to .mts, .cts and .ts, for each way to resolve the packages. */
import { boolean, type Client, category, createClient, defineRegistry } from '@dither/sdk';
import { collectCrashes } from '@dither/sdk/collectors/crashes';
import { inspect } from '@dither/sdk/inspect';
import { grr, rr } from '@dither/sdk/mechanisms';
import { nodePlatform } from '@dither/sdk/node';

const about = { description: 'd', purpose: 'p', owner: 'o', period: 7, expires: '2099-12-31' } as const;
const registry = defineRegistry({
  app: 'org.example.types',
  expectedClients: 1000,
  metrics: {
    crash: boolean({ ...about, mechanism: rr }),
    os: category({ ...about, values: ['linux', 'macos'], mechanism: grr }),
  },
});
export const client = createClient({
  registry,
  endpoint: 'http://127.0.0.1',
  platform: nodePlatform({ directory: '.' }),
});
client.record('os', 'linux');
// @ts-expect-error no value of this metric
client.record('os', 'plan9');
// @ts-expect-error no metric of this app
client.record('colour');
// @ts-expect-error a stopwatch is for timings
client.time('crash');
export const stop: () => void = collectCrashes(client, { crashed: 'crash' });
export const left: Promise<number> = inspect(client).then(({ left }) => left.inWindow);
export type App = typeof client extends Client<infer D> ? keyof D : never;
