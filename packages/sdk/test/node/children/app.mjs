/**
 * A command-line app in a process of its own, with the Node platform's storage and network and a clock that is told.
 *
 *   node app.mjs '{"directory", "endpoint", "registry", "seed"?, "wall", "steps"}'
 *
 * `steps` is a list of [verb, ...arguments]; `kill` ends the process as `kill -9` does.
 */
import { catalogue } from '@dither/mechanisms/catalogue';
import { registryFromJson } from '@dither/protocol';
import { createClient, deviceRegistry } from '@dither/sdk';
import { inspect } from '@dither/sdk/inspect';
import { nodePlatform } from '@dither/sdk/node';
import { fakeTime, seededSource } from '@dither/sdk/testing';

const { directory, endpoint, registry, seed, wall, steps } = JSON.parse(process.argv[2]);
const time = fakeTime(wall);
const platform = nodePlatform({ directory });
const client = createClient({
  registry: deviceRegistry(registryFromJson(registry, catalogue)),
  endpoint,
  platform: {
    ...platform,
    clock: time.clock,
    schedule: time.schedule,
    source: seed === undefined ? platform.source : seededSource(seed),
  },
});
await client.ready;

const verbs = {
  grant: () => client.consent.grant(),
  withdraw: () => client.consent.withdraw(),
  record: (...event) => client.record(...event),
  advance: (milliseconds) => time.advance(milliseconds),
  flushNow: () => client.flushNow(),
  kill: () => process.kill(process.pid, 'SIGKILL'),
  stop: () => client.stop(),
  inspect: async () => console.log(JSON.stringify(await inspect(client))),
};
for (const [verb, ...rest] of steps) {
  const result = verbs[verb](...rest);
  // After flushNow the process must be able to die in the same instant.
  if (result !== undefined) await result;
}
