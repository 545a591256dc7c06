/**
 * Lives day after day until it is killed: starts the app, which closes the day before; records; sends; stops.
 *
 *   node days.mjs '{"directory", "endpoint", "registry", "day"}'
 *
 * Prints each day it begins.
 */
import { catalogue } from '@dither/mechanisms/catalogue';
import { registryFromJson } from '@dither/protocol';
import { createClient, deviceRegistry } from '@dither/sdk';
import { nodePlatform } from '@dither/sdk/node';
import { fakeTime } from '@dither/sdk/testing';

const { directory, endpoint, registry: json, day: first } = JSON.parse(process.argv[2]);
const registry = deviceRegistry(registryFromJson(json, catalogue));
for (let day = first; ; day++) {
  console.log(day);
  const time = fakeTime(day * 86_400_000 + 9 * 3_600_000);
  const { clock, schedule } = time;
  const client = createClient({ registry, endpoint, platform: { ...nodePlatform({ directory }), clock, schedule } });
  await client.ready;
  if (client.consent.status !== 'granted') await client.consent.grant();
  client.record('crash');
  client.flushNow();
  client.record('clicks', 3);
  await time.advance(61_000);
  await client.stop();
}
