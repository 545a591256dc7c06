/**
 * What a server does that renders a page: imports everything and creates a client, with none of a browser's capabilities.
 *
 *   node bare.mjs '{"subpaths": [...], "missing": [...]}'
 *
 * Prints one JSON line, and ends when nothing keeps it.
 */
const { subpaths, missing } = JSON.parse(process.argv[2]);
for (const name of missing) Object.defineProperty(globalThis, name, { value: undefined, configurable: true });

/** Every global and every listener, each by its identity. */
const globalsNow = () => [
  ...Reflect.ownKeys(globalThis).map((key) => [key, Object.getOwnPropertyDescriptor(globalThis, key)]),
  ...process.eventNames().map((name) => [name, { value: process.listenerCount(name) }]),
];
const sameGlobals = (before, now) =>
  before.length === now.length &&
  before.every(([key, { value, get }], i) => {
    const [other, descriptor] = now[i];
    return key === other && Object.is(value, descriptor.value) && get === descriptor.get;
  });

const problems = [];
for (const event of ['unhandledRejection', 'uncaughtException']) {
  process.on(event, (error) => problems.push(String(error)));
}
// What is loaded lazily by being looked at is looked at before.
globalsNow();
const before = globalsNow();
const modules = await Promise.all(subpaths.map((path) => import(path)));
const hasImported = sameGlobals(before, globalsNow());

const { createClient, defineRegistry, boolean, timing } = await import('@dither/sdk');
const { inspect } = await import('@dither/sdk/inspect');
const { grr, rr } = await import('@dither/sdk/mechanisms');
const about = { description: 'x', purpose: 'x', owner: 'x', period: 28, expires: '2099-12-31' };
const registry = defineRegistry({
  app: 'org.example.bare',
  expectedClients: 1,
  metrics: {
    crash: boolean({ ...about, mechanism: rr }),
    load: timing({ ...about, mechanism: grr, range: [1, 1000], buckets: 8 }),
  },
});
const created = globalsNow();
const client = createClient({ registry, endpoint: 'https://telemetry.example.org' });
const statuses = [client.consent.status];
const unsubscribe = client.consent.subscribe(() => statuses.push(client.consent.status));
client.record('crash');
client.time('load')();
client.flushNow();
await client.ready;
await client.flush();
client.record('crash');
await client.consent.grant();
client.record('crash');
const { drops } = await inspect(client).catch(() => client.snapshot().catch(() => ({ drops: 'unreadable' })));
unsubscribe();
console.log(
  JSON.stringify({
    modules: modules.length,
    hasLeftGlobals: hasImported && sameGlobals(created, globalsNow()),
    statuses: [...new Set([...statuses, client.consent.status])],
    drops,
    problems,
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
  }),
);
